/**
 * The k best of scored items, best first; ties go to the lower item index, everywhere.
 * A heap of k with its worst on top: O(n + c·log k), where c is how often the worst is beaten.
 * @param scoreOfItem one score an item; NaN leaves it out
 * @returns min(k, scored items) item indices and their scores
 */
export function topK(scoreOfItem: Float64Array | Float32Array, k: number): { items: Int32Array; scores: Float64Array } {
  const capacity = Math.min(k, scoreOfItem.length)
  const items = new Int32Array(capacity)
  const scores = new Float64Array(capacity)
  let size = 0
  let item = 0
  for (; item < scoreOfItem.length && size < capacity; item++) {
    const score = scoreOfItem[item]!
    if (!Number.isNaN(score)) siftUp(items, scores, size++, item, score)
  }
  let least = capacity > 0 ? scores[0]! : Number.POSITIVE_INFINITY
  for (; item < scoreOfItem.length; item++) {
    const score = scoreOfItem[item]!
    if (!(score > least)) continue
    siftDown(items, scores, size, item, score)
    least = scores[0]!
  }
  // an equal score never replaces an earlier item, so the heap holds the right ones; now best first
  const order = Array.from({ length: size }, (_, slot) => slot).sort(
    (a, b) => scores[b]! - scores[a]! || items[a]! - items[b]!,
  )
  return {
    items: Int32Array.from(order, (slot) => items[slot]!),
    scores: Float64Array.from(order, (slot) => scores[slot]!),
  }
}

/** Is a worse than b: a lower score, or the same with a higher index? */
function worse(scoreA: number, itemA: number, scoreB: number, itemB: number): boolean {
  return scoreA < scoreB || (scoreA === scoreB && itemA > itemB)
}

function siftUp(items: Int32Array, scores: Float64Array, start: number, item: number, score: number): void {
  let slot = start
  while (slot > 0) {
    const parent = (slot - 1) >> 1
    if (!worse(score, item, scores[parent]!, items[parent]!)) break
    scores[slot] = scores[parent]!
    items[slot] = items[parent]!
    slot = parent
  }
  scores[slot] = score
  items[slot] = item
}

function siftDown(items: Int32Array, scores: Float64Array, size: number, item: number, score: number): void {
  let slot = 0
  for (;;) {
    let child = 2 * slot + 1
    if (child >= size) break
    const right = child + 1
    if (right < size && worse(scores[right]!, items[right]!, scores[child]!, items[child]!)) child = right
    if (!worse(scores[child]!, items[child]!, score, item)) break
    scores[slot] = scores[child]!
    items[slot] = items[child]!
    slot = child
  }
  scores[slot] = score
  items[slot] = item
}
