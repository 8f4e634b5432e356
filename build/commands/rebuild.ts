import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '#core/schemas/config.ts'
import { openLiveDatabase } from '../publish/live-database.ts'
import type { RebuildReport } from '../rebuild/index.ts'
import type { Run } from '../tracking/index.ts'
import { type BuildFlags, configOf, placeOf, type Surroundings, writeJson } from './index.ts'
import { parseCount, withBuildOptions } from './options.ts'
import { RefusedError } from './refused.ts'
import { tracked } from './tracked.ts'

interface RebuildFlags extends BuildFlags {
  minNewFeedback?: number
  dryRun?: boolean
  canary?: string
  /** the report as Markdown */
  report?: string
  keep?: number
}

/**
 * Rebuild with the feedback, and serve it if the gate lets it through. @throws {RefusedError} where it does not, with the
 * report written
 */
async function rebuildCommand(flags: RebuildFlags, surroundings: Surroundings, commandLine: string): Promise<void> {
  const { cwd, stdout, openStore, env = process.env } = surroundings
  const { device, threads, resume, canary, dryRun, minNewFeedback, keep } = flags
  const loaded = configOf(flags, cwd, {})
  const config: Config = {
    ...loaded,
    rebuild: {
      ...loaded.rebuild,
      ...(minNewFeedback !== undefined && { minNewFeedback }),
      ...(keep !== undefined && { keep }),
    },
  }
  const place = placeOf(flags, cwd)
  const apiKey = env.MARQUEE_API_KEY
  const { rebuild } = await import('../rebuild.ts')
  const report = await tracked({ kind: 'rebuild', config, commandLine }, surroundings, async (handles, run) => {
    const made = await rebuild({
      config,
      compute: { device, ...(threads !== undefined && { threads }), ...(resume !== undefined && { resume }) },
      build: surroundings.build,
      handles,
      openStore: () => openStore(place),
      openDatabase: () => openLiveDatabase(place),
      ...(canary !== undefined && { canary: { url: canary, ...(apiKey && { apiKey }) } }),
      ...(dryRun !== undefined && { dryRun }),
      onIdentified: ({ buildId, inputs }) => run.note({ buildId, data: inputs }),
    })
    await writeReport(made, config, flags, cwd, run)
    return made
  })
  stdout.write(`${summaryOf(report)}\n`)
  if (report.outcome === 'refused') throw new RefusedError(summaryOf(report))
}

/** In the artifacts always, elsewhere where asked. */
async function writeReport(
  report: RebuildReport,
  { project }: Config,
  { json, report: markdown }: RebuildFlags,
  cwd: string,
  run: Run,
): Promise<void> {
  const { reportText } = await import('../rebuild/index.ts')
  const files = [join(project.artifacts, 'rebuild', 'report.json'), ...(json === undefined ? [] : [resolve(cwd, json)])]
  for (const file of files) writeJson(file, report)
  const texts = [
    join(project.artifacts, 'rebuild', 'report.md'),
    ...(markdown === undefined ? [] : [resolve(cwd, markdown)]),
  ]
  for (const file of texts) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, reportText(report))
  }
  for (const { name, candidate, difference } of report.judged?.metrics ?? [])
    run.metrics({ [`test.${name}`]: candidate.mean, [`overServed.${name}`]: difference.mean })
  run.note({ params: { outcome: report.outcome } })
  if (report.candidateId !== null) {
    run.note({
      model: { buildId: report.candidateId, alias: report.outcome === 'published' ? 'champion' : 'challenger' },
    })
    run.artifacts(join(project.artifacts, report.candidateId, 'model'))
  }
  run.artifacts(files[0]!)
  run.artifacts(texts[0]!)
}

function summaryOf({ outcome, verdicts, candidateId, currentId, feedback }: RebuildReport): string {
  switch (outcome) {
    case 'published': {
      const leftOut = Object.values(feedback.merged?.leftOut ?? {}).reduce((sum, rows) => sum + rows, 0)
      const told = leftOut > 0 ? `; ${leftOut} more were left out, as the report says` : ''
      return `Model ${candidateId} is served, learned with ${feedback.events - leftOut} events of feedback${told}.`
    }
    case 'passed':
      return `Model ${candidateId} would be served; nothing was published.`
    case 'unchanged':
      return `Nothing has changed since ${currentId} was built.`
    case 'skipped':
      return `${feedback.newEvents} new events of feedback are too few for a rebuild.`
    case 'refused': {
      const failed = verdicts.filter(({ ok }) => !ok)
      const reasons = failed.map(({ rule, found, expected }) => `  ${rule}: found ${found}, expected ${expected}`)
      return [`Model ${candidateId} is refused; ${currentId ?? 'no model'} stays.`, ...reasons].join('\n')
    }
  }
}

/** `marquee rebuild` */
export function addRebuildCommand(program: Command, surroundings: Surroundings, commandLine: string): void {
  withBuildOptions(program.command('rebuild'))
    .description('learn again with the feedback, and serve the model if the gate lets it through (exit code 3 if not)')
    .option('--min-new-feedback <events>', 'new events below which it is not worth it', parseWhole)
    .option('--keep <number>', 'models that stay published', parseCount)
    .option('--dry-run', 'up to the gate: publish nothing')
    .option('--canary <url>', 'a deployed Worker to ask before and after; MARQUEE_API_KEY is a key for it', parseUrl)
    .option('--report <file>', 'also write the report there, as Markdown')
    .action((flags: RebuildFlags) => rebuildCommand(flags, surroundings, commandLine))
}

function parseWhole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.')
  return Number(text)
}

function parseUrl(text: string): string {
  if (!/^https?:\/\/[^/]/.test(text)) throw new InvalidArgumentError('Expected an address such as https://api.example.')
  return text
}
