import { resolve } from 'node:path'
import type { Command } from 'commander'
import { exportFeedback } from '../publish/export-feedback.ts'
import { openLiveDatabase } from '../publish/live-database.ts'
import { placeOf, type Surroundings, writeJson } from './index.ts'
import { withPlace } from './options.ts'
import { withHandles } from './with-handles.ts'

interface FeedbackFlags {
  state?: string
  target?: string
  output: string
  json?: string
}

/** What users said through the API, as one file for `data.feedback`. */
async function exportCommand(flags: FeedbackFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const file = resolve(cwd, flags.output)
  const logging = { level: 'warn', file: null } as const
  const exported = await withHandles({ logging }, surroundings, async (handles) => {
    const database = await openLiveDatabase(placeOf(flags, cwd))
    try {
      return await exportFeedback(database, file, handles)
    } finally {
      await database.close()
    }
  })
  if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), exported)
  stdout.write(`${exported.events} events in ${file}; data.feedback lays them over the ratings of a build.\n`)
}

/** `marquee feedback export` */
export function addFeedbackCommands(program: Command, surroundings: Surroundings): void {
  const feedback = program.command('feedback').description('what users said through the API')
  withPlace(feedback.command('export').description('copy all of it into one file, to be learned from'))
    .requiredOption('--output <file>', 'JSON Lines; gzipped where the name ends in .gz')
    .option('--json <file>', 'also write the result there, as JSON')
    .action((flags: FeedbackFlags) => exportCommand(flags, surroundings))
}
