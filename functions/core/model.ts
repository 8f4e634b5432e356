import { type CatalogIndex, openCatalog } from './format/catalog.ts'
import { type ContentIndex, openContent } from './format/content.ts'
import { LOCAL_TITLES_FILE } from './format/local-titles.ts'
import { type NeighbourIndex, openNeighbours } from './format/neighbours.ts'
import { type NextFile, nextFile, openNext } from './format/next.ts'
import { ArtifactError, openTable } from './format/open-table.ts'
import { openRanker, RANKER_FILE } from './format/ranker.ts'
import { openRatingNetwork, RATING_NETWORK_FILES } from './format/rating-network.ts'
import { openSegments, type SegmentedTable, type Sha256, type Source } from './format/segments.ts'
import { openStars } from './format/stars.ts'
import { DETAILS, FACTORS, GRAMIAN, HISTORIES, RESIDENT_FILES, USERS } from './format/tables.ts'
import { openTower, TOWER_FILES, type TowerSettings } from './format/towers.ts'
import { openServeKernels, type ServeKernels } from './kernels/serve.ts'
import type { ModelCard } from './schemas/manifest.ts'
import type { RatingModel } from './scoring/fold-in-ratings.ts'
import type { NextScaleIndex } from './scoring/next-scores.ts'
import type { RankerModel } from './scoring/ranker.ts'
import { toShares, towerContributions, towerVector, type UserTower } from './scoring/user-tower.ts'
import { type FindTitles, openTitles } from './text/titles.ts'

export type ResidentFile =
  | (typeof RESIDENT_FILES)[number]
  | NextFile
  | typeof LOCAL_TITLES_FILE
  | typeof RANKER_FILE
  | (typeof RATING_NETWORK_FILES)[number]
  | (typeof TOWER_FILES)[number]

/** A published model, opened: all that scoring needs, read-only. */
export interface Model extends Omit<ServingSettings, 'next' | 'tower'> {
  catalog: CatalogIndex
  /** time scales; none where the model does without */
  next: NextScaleIndex[]
  neighbours: NeighbourIndex
  /** puts the first movies of a blended list in order; null where the model has none */
  ranker: RankerModel | null
  /** predicted stars; null where the model has none */
  stars: RatingModel | null
  content: ContentIndex
  titles: FindTitles
  /** what makes a vector of a history; null where it is folded in. The kernels' fold-in is the tower's where there is one */
  tower: (UserTower & Pick<TowerSettings, 'ratingExponent' | 'scores'>) | null
  kernels: ServeKernels
  /** 1 where the movie has factors */
  hasFactors: Uint8Array
  /** 1 where they come from its texts: nobody had liked it */
  placedByTexts: Uint8Array
  /** ascending */
  userIds: Int32Array
  histories: SegmentedTable
  details: SegmentedTable
}

/** What the card says about how a model wants to be asked. */
export type ServingSettings = Pick<
  ModelCard['model'],
  'likedFrom' | 'recencyHalfLife' | 'neighbourHalfLife' | 'next' | 'nextRatingExponent' | 'tower' | 'blend'
>

/** Whether there is a ranker to be opened, and a rating network, and titles in other languages. */
interface ShippedSettings {
  localTitles?: object | undefined
  ranker?: { shipped: boolean } | undefined
  ratingNetwork?: { shipped: boolean } | undefined
}

export interface ModelParts {
  /** bytes of every resident file, already checked against the manifest's hashes */
  read(file: ResidentFile): Uint8Array
  source(file: 'histories.arrow' | 'details.arrow'): Source
  sha256: Sha256
  /** compiled kernels/serve.wasm */
  serveModule: WebAssembly.Module
  settings: ServingSettings & ShippedSettings
}

/** Files that an isolate keeps of a model with this card. */
export function residentFiles({
  next,
  ranker,
  ratingNetwork,
  localTitles,
  tower,
}: Pick<ServingSettings, 'next' | 'tower'> & ShippedSettings): ResidentFile[] {
  return [
    ...RESIDENT_FILES,
    ...next.map((_, scale) => nextFile(scale)),
    ...(localTitles ? ([LOCAL_TITLES_FILE] as const) : []),
    ...(ranker?.shipped ? ([RANKER_FILE] as const) : []),
    ...(ratingNetwork?.shipped ? RATING_NETWORK_FILES : []),
    ...(tower ? TOWER_FILES : []),
  ]
}

/** @throws {ArtifactError} when a file is not what the manifest says, or two of them disagree */
export function openModel(parts: ModelParts): Model {
  const { next: memories, localTitles } = parts.settings
  const catalog = openCatalog(parts.read('catalog.arrow'), localTitles ? parts.read(LOCAL_TITLES_FILE) : null)
  const next = openNext(
    memories.map((_, scale) => parts.read(nextFile(scale))),
    memories,
  )
  const neighbours = openNeighbours(parts.read('neighbours.arrow'))
  const content = openContent(parts.read('content.arrow'), parts.read('terms.arrow'), parts.serveModule)
  const linear = openStars(parts.read)
  const stars =
    linear && parts.settings.ratingNetwork?.shipped
      ? { ...linear, network: openRatingNetwork(parts.read, catalog.numItems) }
      : linear
  const factors = openTable('factors.arrow', parts.read('factors.arrow'), FACTORS)
  const gramian = openTable('gramian.arrow', parts.read('gramian.arrow'), GRAMIAN)
  const quantized = factors.fixed<Int8Array>('quantized')
  const scales = factors.numbers<Float32Array>('scale')

  for (const [scale, { weights }] of next.entries()) expectRows(nextFile(scale), weights.numItems, catalog.numItems)
  expectRows('neighbours.arrow', neighbours.numItems, catalog.numItems)
  if (stars) expectRows('stars.arrow', stars.itemUnits.length, catalog.numItems)
  expectRows('content.arrow', content.numItems, catalog.numItems)
  expectRows('factors.arrow', factors.numRows, catalog.numItems)
  expectRows('gramian.arrow', gramian.numRows, quantized.size)

  const shape = { numItems: catalog.numItems, factors: quantized.size }
  const { tower: towerSettings } = parts.settings
  const tower = towerSettings
    ? {
        ...openTower(parts.read, towerSettings, shape),
        ...{ ratingExponent: towerSettings.ratingExponent, scores: towerSettings.scores },
      }
    : null
  const kernels = openServeKernels(parts.serveModule, {
    ...shape,
    quantized: quantized.values,
    scales,
    gramian: gramian.fixed<Float32Array>('row').values,
    fixedRow: catalog.popularity,
    ...foldInWeights(factors.metadata),
  })
  return {
    catalog,
    next,
    neighbours,
    ranker: parts.settings.ranker?.shipped ? openRanker(parts.read(RANKER_FILE)) : null,
    stars,
    content,
    titles: openTitles(catalog),
    tower,
    kernels: tower ? towerKernels(kernels, tower) : kernels,
    hasFactors: Uint8Array.from(scales, (scale) => (scale > 0 ? 1 : 0)),
    // a copy: a view would keep the whole file, which the kernels have in their own memory
    placedByTexts: factors.numbers<Uint8Array>('placedByTexts').slice(),
    userIds: openTable('users.arrow', parts.read('users.arrow'), USERS).numbers('userId'),
    histories: openSegments(
      'histories',
      parts.read('histories-index.arrow'),
      HISTORIES,
      parts.source('histories.arrow'),
      parts.sha256,
    ),
    details: openSegments(
      'details',
      parts.read('details-index.arrow'),
      DETAILS,
      parts.source('details.arrow'),
      parts.sha256,
    ),
    likedFrom: parts.settings.likedFrom,
    recencyHalfLife: parts.settings.recencyHalfLife,
    neighbourHalfLife: parts.settings.neighbourHalfLife,
    nextRatingExponent: parts.settings.nextRatingExponent,
    blend: parts.settings.blend,
  }
}

/** The same kernels, with histories made a vector of by the tower, and its scores as it says them. */
function towerKernels(kernels: ServeKernels, tower: NonNullable<Model['tower']>): ServeKernels {
  const ones = (items: Int32Array) => new Float32Array(items.length).fill(1)
  return {
    ...kernels,
    foldIn: (items, strengths = ones(items)) => towerVector(tower, items, strengths),
    contributions(itemIndex, items, strengths = ones(items), out = new Float32Array(items.length)) {
      out.set(towerContributions(tower, kernels.itemFactors(itemIndex), items, strengths))
      return out
    },
    ...(tower.scores === 'shares' && {
      scan: (vector, out) => toShares(kernels.scan(vector, out)),
      scanTogether: (vectors) => kernels.scanTogether(vectors).map((scores) => toShares(scores)),
    }),
  }
}

function expectRows(file: string, found: number, expected: number): void {
  if (found !== expected) throw new ArtifactError(`${file}: ${found} rows, expected ${expected}`)
}

function foldInWeights(metadata: ReadonlyMap<string, string>) {
  const number = (key: string, isValid: (value: number) => boolean, expected: string) => {
    const value = Number(metadata.get(key) ?? Number.NaN)
    if (!isValid(value)) throw new ArtifactError(`factors.arrow: ${key} is ${metadata.get(key)}, expected ${expected}`)
    return value
  }
  const positive = (key: string) => number(key, (value) => value > 0, 'a positive number')
  const notNegative = (key: string) => number(key, (value) => value >= 0, 'a number from 0 up')
  return {
    regularization: positive('regularization'),
    regularizationExponent: notNegative('regularizationExponent'),
    unobservedWeight: positive('unobservedWeight'),
    unobservedMass: notNegative('unobservedMass'),
  }
}
