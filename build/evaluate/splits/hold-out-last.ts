import { type Interactions, PART } from '../../nouns.ts'

/** Of the users, from what share on a rule counts as one of the whole split: ties and slips of a few break none. */
const NEARLY_ALL = 0.95
/** Items a list must have for its order to say anything. */
const FEWEST_IN_ORDER = 3

/**
 * A validation part that asks what the test part asks, for a split without one: where nearly everybody's test comes after
 * all that the user has in train, the last of each user's train. As large a share of it as the test is of everything, one
 * item at least, and one is left. O(interactions).
 * @param interactions each user's in the order of time
 * @returns parts; null where the test does not come last, or nobody has two items in train
 */
export function holdOutLast({ indptr, parts }: Interactions): Uint8Array | null {
  let [users, last, tested, all] = [0, 0, 0, 0]
  for (let user = 0; user + 1 < indptr.length; user++) {
    const own = parts.subarray(indptr[user]!, indptr[user + 1]!)
    const first = own.indexOf(PART.test)
    if (first < 0 || !own.includes(PART.train)) continue
    users++
    if (own.lastIndexOf(PART.train) < first) last++
    all += own.length
    for (const part of own) if (part === PART.test) tested++
  }
  if (users === 0 || last < NEARLY_ALL * users) return null

  const share = tested / all
  const held = parts.slice()
  for (let user = 0; user + 1 < indptr.length; user++) {
    const trained: number[] = []
    for (let entry = indptr[user]!; entry < indptr[user + 1]!; entry++)
      if (parts[entry] === PART.train) trained.push(entry)
    const count = Math.min(trained.length - 1, Math.max(1, Math.round(share * trained.length)))
    if (count > 0) for (const entry of trained.slice(-count)) held[entry] = PART.validation
  }
  return held.includes(PART.validation) ? held : null
}

/** Whether nearly all lists are sorted by the items' ids, so that their order tells nothing of the users. */
export function isListedById({ indptr, itemIndices, parts }: Interactions, itemIds: readonly string[]): boolean {
  let [lists, sorted] = [0, 0]
  for (let user = 0; user + 1 < indptr.length; user++) {
    const ids: string[] = []
    for (let entry = indptr[user]!; entry < indptr[user + 1]!; entry++)
      if (parts[entry] === PART.train) ids.push(itemIds[itemIndices[entry]!]!)
    if (ids.length < FEWEST_IN_ORDER) continue
    lists++
    if (ids.every((id, at) => at === 0 || comesAfter(id, ids[at - 1]!))) sorted++
  }
  return lists > 0 && sorted >= NEARLY_ALL * lists
}

/** Numbers by their size, other ids as text. */
function comesAfter(id: string, before: string): boolean {
  const [a, b] = [Number(before), Number(id)]
  return Number.isNaN(a) || Number.isNaN(b) ? before < id : a < b
}
