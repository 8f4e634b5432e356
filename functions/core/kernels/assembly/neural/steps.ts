import { ARRANGING_ROWS, towerItems } from './forward'
import { ROWS_TOGETHER, roundedUp, towerEmbeddings, towerUsers, towerWeights } from './learn'
import { jointLayerOf, jointWidth, layerOf, Slots, Step } from './step'

const SWEEPS: u32 = 4
const CLAIM_BYTES: usize = 40

/** Looks at a count that others raise, before a worker sleeps until it is raised. */
const SPINS: u32 = 2000

/**
 * Steps of a training, all workers together: sweep by sweep each claims chunks of ROWS_TOGETHER rows until none is left, and
 * goes on when the others' are done. So the workers are sent one message for many sweeps, which take less than a millisecond
 * each. A worker that comes late finds the work done; which one does a chunk makes no difference.
 * @param at blocks of Step, one behind another, `count` of them
 * @param claims CLAIM_BYTES a step, zeros: u32 chunks claimed and u32 chunks done of each sweep, then u32 rows of the last
 * @param losses an f64 a step and chunk of its batch
 */
export function towerSteps(
  _begin: u32,
  _end: u32,
  scratch: usize,
  at: usize,
  count: u32,
  claims: usize,
  losses: usize,
): void {
  for (let number: u32 = 0; number < count; number++) {
    const block = at + number * offsetof<Step>()
    const step = changetype<Step>(block)
    const lastRows = claims + (SWEEPS << 3)
    for (let sweep: u32 = 0; sweep < SWEEPS; sweep++) {
      // the slots may be a later step's when a worker is late, so their number is kept
      const rows = sweep + 1 < SWEEPS ? rowsOf(step, sweep) : atomic.load<u32>(lastRows)
      const chunks = roundedUp(rows) / ROWS_TOGETHER
      const claimed = claims + (sweep << 3)
      for (let chunk = atomic.add<u32>(claimed, 1); chunk < chunks; chunk = atomic.add<u32>(claimed, 1)) {
        const first = chunk * ROWS_TOGETHER
        const last = min(rows, first + ROWS_TOGETHER)
        if (sweep === 0) towerItems(first, last, scratch, block)
        else if (sweep === 1) store<f64>(losses + (<usize>chunk << 3), towerUsers(first, last, scratch, block))
        else if (sweep === 2) towerWeights(first, last, scratch, block)
        else towerEmbeddings(first, last, scratch, block)
        if (sweep === 0 && chunk === 0) atomic.store<u32>(lastRows, embeddingRows(step))
        if (atomic.add<u32>(claimed, 1, 4) + 1 === chunks) atomic.notify(claimed + 4, -1)
      }
      awaitCount(claimed + 4, chunks)
    }
    claims += CLAIM_BYTES
    losses += <usize>(roundedUp(step.batch) / ROWS_TOGETHER) << 3
  }
}

/** Of the last sweep, once the first chunk of the first is done. */
function embeddingRows(step: Step): u32 {
  return step.width + changetype<Slots>(step.historySlots).count + changetype<Slots>(step.candidateSlots).count
}

/** Of the others. */
function rowsOf(step: Step, sweep: u32): u32 {
  if (sweep === 0) return ARRANGING_ROWS + step.candidates
  if (sweep === 1) return step.batch
  let rows = roundedUp(step.candidates)
  for (let number: u32 = 0; number < step.layers; number++) rows += roundedUp(layerOf(step, number).inputs)
  for (let number: u32 = 0; number < step.jointLayers; number++) rows += roundedUp(jointLayerOf(step, number).inputs)
  return jointWidth(step) > 0 ? rows + 1 : rows
}

function awaitCount(at: usize, count: u32): void {
  for (let spin: u32 = 0; spin < SPINS; spin++) if (atomic.load<u32>(at) >= count) return
  for (let seen = atomic.load<u32>(at); seen < count; seen = atomic.load<u32>(at)) atomic.wait<i32>(at, seen, -1)
}
