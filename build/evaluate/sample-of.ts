import { randomSource } from '#core/random.ts'

/** A seeded sample without replacement; all when there are no more. */
export function sampleOf<T>(all: T[], size: number, seed: number): T[] {
  if (all.length <= size) return all
  const { uniform } = randomSource(seed)
  const pool = [...all]
  for (let position = 0; position < size; position++) {
    const other = position + Math.floor(uniform() * (pool.length - position))
    ;[pool[position], pool[other]] = [pool[other]!, pool[position]!]
  }
  return pool.slice(0, size)
}
