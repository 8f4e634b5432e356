import { RATING_BLOCKS, RATING_OUTPUTS, RATING_SCALARS } from '../kernels/train/rating-network.ts'
import { placementColumns } from '../scoring/movie-features.ts'
import type { RatingNetwork, StarNetwork } from '../scoring/rating-network.ts'
import type { ToldShape } from '../scoring/told-movie.ts'
import { ArtifactError, type OpenedTable, openTable } from './open-table.ts'
import type { QuantizedRows } from './placement.ts'
import { RATING_NETWORK, RATING_NETWORK_LAYERS, RATING_NETWORK_TOLD } from './tables.ts'

/** Files of a network that helps to predict stars; a model that predicts none by one has none. */
export const RATING_NETWORK_FILES = ['rating-network.arrow', 'rating-network-layers.arrow'] as const

/** Of movies that are not in the catalogue; not among the files of a network that is no help with them. */
export const RATING_NETWORK_TOLD_FILE = 'rating-network-told.arrow'

/** What makes a vector of what is told of a movie. */
export interface ToldRows extends ToldShape {
  rows: QuantizedRows
}

/**
 * Views on the artifacts.
 * @throws {ArtifactError} for a number that cannot be, or layers that do not lead from the vectors to the stars
 */
export function openRatingNetwork(
  read: (file: (typeof RATING_NETWORK_FILES)[number]) => Uint8Array,
  numItems: number,
): StarNetwork {
  const [itemsFile, layersFile] = RATING_NETWORK_FILES
  const table = openTable(itemsFile, read(itemsFile), RATING_NETWORK)
  const { values: items, size } = table.fixed<Int8Array>('quantized')
  const number = (key: string, isValid: (value: number) => boolean, expected: string) => {
    const value = Number(table.metadata.get(key) || Number.NaN)
    if (!isValid(value))
      throw new ArtifactError(`${itemsFile}: ${key} is ${table.metadata.get(key)}, expected ${expected}`)
    return value
  }
  const share = (key: string) => number(key, (value) => value >= 0 && value <= 1, 'a number from 0 to 1')
  const isPositive = (value: number) => value > 0
  const heads = number('heads', (value) => Number.isInteger(value) && value > 0, 'a whole number from 1 up')
  const width = number('width', (value) => value > 0 && value % heads === 0, `a multiple of heads, ${heads}`)
  for (const [where, found, expected] of [
    ['rows', table.numRows, numItems],
    ['rows of length', size, RATING_BLOCKS * width],
  ] as const)
    if (found !== expected) throw new ArtifactError(`${itemsFile}: ${where} ${found}, expected ${expected}`)
  return {
    ...{ width, heads, items },
    poolDamping: number('poolDamping', isPositive, 'a positive number'),
    usual: {
      mean: number('mean', Number.isFinite, 'a number'),
      variance: number('variance', (value) => value >= 0, 'a number from 0 up'),
      counts: table.numbers('count'),
      sums: table.numbers('sum'),
      squares: table.numbers('squares'),
    },
    itemUnits: table.numbers('scale'),
    layers: layersOf(openTable(layersFile, read(layersFile), RATING_NETWORK_LAYERS), 4 * width + RATING_SCALARS),
    shares: { known: share('known'), told: share('told') },
  }
}

/** @throws {ArtifactError} when it is not of the network's shape */
export function openToldRows(bytes: Uint8Array, shape: { numTerms: number; width: number }): ToldRows {
  const table = openTable(RATING_NETWORK_TOLD_FILE, bytes, RATING_NETWORK_TOLD)
  const { values, size } = table.fixed<Int8Array>('quantized')
  const buckets = Number(table.metadata.get('buckets') || Number.NaN)
  const genres = genresOf(table.metadata.get('genres') ?? '')
  for (const [where, found, expected] of [
    ['rows', table.numRows, placementColumns(shape.numTerms).numColumns + genres.length + buckets],
    ['rows of length', size, 2 * shape.width],
  ] as const)
    if (found !== expected)
      throw new ArtifactError(`${RATING_NETWORK_TOLD_FILE}: ${where} ${found}, expected ${expected}`)
  return { genres, buckets, rows: { values, scales: table.numbers('scale'), width: size } }
}

function layersOf(table: OpenedTable, firstInputs: number): RatingNetwork['layers'] {
  const outputs = table.numbers<Int32Array>('outputs')
  const weights = table.list<Float32Array>('weights')
  const bias = table.list<Float32Array>('bias')
  const layers: RatingNetwork['layers'] = []
  let inputs = firstInputs
  for (let number = 0; number < table.numRows; number++) {
    const layer = {
      ...{ inputs, outputs: outputs[number]! },
      weights: weights.values.subarray(weights.offsets[number]!, weights.offsets[number + 1]!),
      bias: bias.values.subarray(bias.offsets[number]!, bias.offsets[number + 1]!),
    }
    if (layer.weights.length !== inputs * layer.outputs || layer.bias.length !== layer.outputs)
      throw new ArtifactError(
        `${RATING_NETWORK_FILES[1]}: layer ${number} has ${layer.weights.length} weights and ${layer.bias.length} biases, ` +
          `expected ${inputs * layer.outputs} and ${layer.outputs}`,
      )
    layers.push(layer)
    inputs = layer.outputs
  }
  if (inputs !== RATING_OUTPUTS)
    throw new ArtifactError(
      `${RATING_NETWORK_FILES[1]}: outputs of the last layer ${inputs}, expected ${RATING_OUTPUTS}`,
    )
  return layers
}

function genresOf(text: string): string[] {
  try {
    const genres: unknown = JSON.parse(text)
    if (Array.isArray(genres) && genres.every((name) => typeof name === 'string')) return genres
  } catch {
    // said below
  }
  throw new ArtifactError(`${RATING_NETWORK_TOLD_FILE}: genres is ${text}, expected a list of names`)
}
