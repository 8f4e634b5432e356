import { createHash } from 'node:crypto'
import { type Model, openModel, type ServingSettings } from '#core/model.ts'
import { compileKernel } from '../io/kernels.ts'
import type { ArtifactFiles } from '../nouns.ts'

/** Open exported bytes as the Worker does, in this process. */
export function openArtifacts(files: ArtifactFiles, settings: ServingSettings): Model {
  const bytesOf = (file: string): Uint8Array => {
    const bytes = files.get(file)
    if (!bytes) throw new RangeError(`${file} is not among the artifacts: ${[...files.keys()].join(', ')}`)
    return bytes
  }
  return openModel({
    read: bytesOf,
    source: (file) => ({ slice: async (start, end) => bytesOf(file).subarray(start, end) }),
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
    serveModule: compileKernel('serve'),
    settings,
  })
}
