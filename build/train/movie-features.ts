import { type Scale, sharesOnScale } from '#core/scoring/movie-features.ts'
import type { TermMatrix } from '../nouns.ts'
import type { Embeddings } from './embeddings/embed-texts.ts'
import type { SparseMatrix } from './ridge.ts'
import { pickedRows } from './sparse-rows.ts'

/** A number that is known of each movie, 0 where it is not. */
export interface KnownNumber {
  values: ArrayLike<number>
  scale: Scale
}

/** A row a movie: its terms, each number's shares of the points around it, its embedding, and 1 for all. */
export function movieFeatures(
  content: TermMatrix,
  numbers: readonly KnownNumber[],
  embeddings: Embeddings | null,
): SparseMatrix {
  const numItems = content.indptr.length - 1
  const width = embeddings?.width ?? 0
  const embeddingsAt = numbers.reduce((at, { scale }) => at + scale.points, content.terms.length)
  const indptr = new Uint32Array(numItems + 1)
  const indices: number[] = []
  const values: number[] = []
  const add = (column: number, value: number) => {
    indices.push(column)
    values.push(value)
  }
  for (let item = 0; item < numItems; item++) {
    for (let entry = content.indptr[item]!; entry < content.indptr[item + 1]!; entry++)
      add(content.termIndices[entry]!, content.weights[entry]!)
    let column = content.terms.length
    for (const { values: known, scale } of numbers) {
      for (const [point, share] of sharesOnScale(known[item]!, scale)) add(column + point, share)
      column += scale.points
    }
    for (let k = 0; k < width; k++) add(embeddingsAt + k, embeddings!.rows[item * width + k]!)
    add(embeddingsAt + width, 1)
    indptr[item + 1] = indices.length
  }
  return {
    indptr,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
    numColumns: embeddingsAt + width + 1,
  }
}

export function pickedFeatures(features: SparseMatrix, items: readonly number[]): SparseMatrix {
  const { indptr, values, numColumns } = features
  const picked = pickedRows(features, items)
  const pickedValues = new Float32Array(picked.indices.length)
  for (const [position, item] of items.entries())
    pickedValues.set(values.subarray(indptr[item]!, indptr[item + 1]!), picked.indptr[position])
  return { ...picked, values: pickedValues, numColumns }
}
