import { createHash } from 'node:crypto'
import { LOCAL_TITLES_FILE } from '#core/format/local-titles.ts'
import { nextFile } from '#core/format/next.ts'
import { openTable } from '#core/format/open-table.ts'
import { RANKER_FILE } from '#core/format/ranker.ts'
import { RATING_NETWORK_FILES } from '#core/format/rating-network.ts'
import { FACTORS, GRAMIAN } from '#core/format/tables.ts'
import { TOWER_FILES } from '#core/format/towers.ts'
import type { ServeModel } from '#core/kernels/serve.ts'
import { type Model, openModel, type ServingSettings } from '#core/model.ts'
import { compileKernel } from '../io/kernels.ts'
import type { ArtifactFiles, FoldInWeights } from '../nouns.ts'

/** Open exported bytes as the Worker does, in this process; what was learned of one source alone has no time scales, or no tower. */
export function openArtifacts(files: ArtifactFiles, settings: ServingSettings): Model {
  return openModel({
    read: (file) => bytesOf(files, file),
    source: (file) => ({ slice: async (start, end) => bytesOf(files, file).subarray(start, end) }),
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
    serveModule: compileKernel('serve'),
    settings: {
      ...settings,
      next: settings.next.filter((_, scale) => files.has(nextFile(scale))),
      localTitles: files.has(LOCAL_TITLES_FILE) ? {} : undefined,
      ranker: { shipped: files.has(RANKER_FILE) },
      ratingNetwork: { shipped: RATING_NETWORK_FILES.every((file) => files.has(file)) },
      tower: TOWER_FILES.every((file) => files.has(file)) ? settings.tower : undefined,
    },
  })
}

/** What the serving kernels take of the exported bytes, but for the weights of the fold-in. */
export type ItemFactors = Omit<ServeModel, keyof FoldInWeights>

export function itemFactorsOf(files: ArtifactFiles): ItemFactors {
  const factors = openTable('factors.arrow', bytesOf(files, 'factors.arrow'), FACTORS)
  const gramian = openTable('gramian.arrow', bytesOf(files, 'gramian.arrow'), GRAMIAN)
  const { values, size } = factors.fixed<Int8Array>('quantized')
  return {
    numItems: factors.numRows,
    factors: size,
    quantized: values,
    scales: factors.numbers<Float32Array>('scale'),
    gramian: gramian.fixed<Float32Array>('row').values,
  }
}

function bytesOf(files: ArtifactFiles, file: string): Uint8Array {
  const bytes = files.get(file)
  if (!bytes) throw new RangeError(`${file} is not among the artifacts: ${[...files.keys()].join(', ')}`)
  return bytes
}
