/** How a regression of items on items is held back. */
export interface Ridge {
  /** λ */
  regularization: number
  /** p: λ of an item grows by p / (1 − p) · its likes (EDLAE, Steck 2020); 0 is EASE */
  dropout: number
}

/** @throws {RangeError} naming the option that is out of its range */
export function checkRidge(name: string, { regularization, dropout }: Ridge): void {
  if (!(regularization > 0 && Number.isFinite(regularization)))
    throw new RangeError(`${name}: regularization is ${regularization}, expected a number above 0`)
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`${name}: dropout is ${dropout}, expected 0 up to below 1`)
}

/**
 * @param failed systems that are not positive definite, by chunk of items
 * @throws {Error} saying how many of the items have one, and what would help
 */
export function checkSolved(name: string, failed: Float64Array, numItems: number, advice: string): void {
  const items = failed.reduce((sum, count) => sum + count, 0)
  if (items > 0)
    throw new Error(`${name}: ${items} of ${numItems} items have a system that is not positive definite; ${advice}`)
}
