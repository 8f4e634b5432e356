import { createHash } from 'node:crypto'
import { openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { History } from '#core/history.ts'
import { type Model, openModel } from '#core/model.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import { compileRelaxed } from '../io/kernels.ts'

/**
 * A model's files in a folder, opened as the Worker opens them but for last bits of the fold-in, which is faster here;
 * histories and details are read by range.
 */
export function openFolder(folder: string): { manifest: Manifest; model: Model; read(file: string): Uint8Array } {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
  const read = (file: string) => new Uint8Array(readFileSync(join(folder, file)))
  const model = openModel({
    read,
    source: (file) => {
      const descriptor = openSync(join(folder, file), 'r')
      return {
        async slice(start, end) {
          const bytes = new Uint8Array(end - start)
          readSync(descriptor, bytes, 0, bytes.length, start)
          return bytes
        },
      }
    },
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
    serveModule: compileRelaxed('serve'),
    settings: manifest.card.model,
  })
  return { manifest, model, read }
}

/** What the model has of a user, in the order of time. */
export async function publishedHistory(model: Model, userIndex: number): Promise<History> {
  const { table, row } = await model.histories.row(userIndex)
  const { offsets, values } = table.list<Int32Array>('itemIndices')
  const halfStars = table.list<Uint8Array>('halfStars').values
  const timestamps = table.list<Uint32Array>('timestamps').values
  const [from, to] = [offsets[row]!, offsets[row + 1]!]
  // each movie once, and in this order already
  const ratings = new Float32Array(to - from)
  for (let at = 0; at < ratings.length; at++) ratings[at] = halfStars[from + at]! / 2
  return { itemIndices: values.subarray(from, to), ratings, timestamps: timestamps.subarray(from, to) }
}
