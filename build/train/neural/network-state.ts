/** All that a network has learned and remembers of its gradients, as a checkpoint holds it. */
export interface NetworkState {
  learned: Float32Array
  /** of Adam */
  moments: Float32Array
}

/** Blocks one after the other, as a copy. */
export function joined(blocks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const block of blocks) {
    all.set(block, at)
    at += block.length
  }
  return all
}

/** `joined`, undone. @throws {RangeError} for more or fewer numbers than the blocks hold */
export function divide(all: Float32Array, blocks: readonly Float32Array[]): void {
  const expected = blocks.reduce((sum, { length }) => sum + length, 0)
  if (all.length !== expected) throw new RangeError(`a state of ${all.length} numbers, expected ${expected}`)
  let at = 0
  for (const block of blocks) {
    block.set(all.subarray(at, at + block.length))
    at += block.length
  }
}
