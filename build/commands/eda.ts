import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { writeWhole } from '../io/files.ts'
import { bytes } from '../io/table.ts'
import { type ConfigFlags, configOf, type Surroundings } from './index.ts'
import { withHandles } from './with-handles.ts'

export interface EdaFlags extends ConfigFlags {
  input?: string[]
  output?: string
}

/** The sources as one HTML report; prints where it is. */
export async function edaCommand(flags: EdaFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const inputs = flags.input?.map((path) => resolve(cwd, path))
  const config = configOf(flags, cwd, inputs === undefined ? {} : { inputs })
  const output = flags.output === undefined ? join(config.project.artifacts, 'eda.html') : resolve(cwd, flags.output)
  // the name of the data, the configured project's when there is none on the command line
  const name = inputs === undefined ? config.project.name : inputs.map((path) => basename(path)).join(' and ')

  const page = await withHandles(config, surroundings, async (handles) => {
    const { ingest } = await import('../ingest/index.ts')
    const { explore } = await import('../eda/index.ts')
    const dataset = await ingest(config.data, handles)
    try {
      return await explore(dataset, name, handles)
    } finally {
      await dataset.database.close()
    }
  })
  await mkdir(dirname(output), { recursive: true })
  await writeWhole(output, page)
  stdout.write(`The report is in ${output} (${bytes(Buffer.byteLength(page))}); open it in a browser.\n`)
}
