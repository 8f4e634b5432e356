import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The folder of a built model: the one of that id, else that whose manifest was written last.
 * @param artifacts folder that builds are written to
 * @returns null where none was built yet
 * @throws {Error} for an id that no model has
 */
export async function builtModel(artifacts: string, buildId: string | undefined): Promise<string | null> {
  const names = buildId === undefined ? await readdir(artifacts).catch(() => []) : [buildId]
  const models = await Promise.all(
    names.map(async (name) => {
      const folder = join(artifacts, name, 'model')
      const manifest = await stat(join(folder, 'manifest.json')).catch(() => null)
      return manifest ? [{ folder, written: manifest.mtimeMs }] : []
    }),
  )
  const [newest] = models.flat().sort((a, b) => b.written - a.written)
  if (!newest && buildId !== undefined)
    throw new Error(`${artifacts}: found no model ${buildId}; "marquee build" makes one`)
  return newest?.folder ?? null
}
