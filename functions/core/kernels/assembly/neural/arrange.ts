import { backOf, itemAt, Slots, Step } from './step'

/** The entries are (row of the batch << 16 | items back), so both stay below 2¹⁶. */
export function arrangeHistories(step: Step): void {
  const slots = changetype<Slots>(step.historySlots)
  slots.count = 0
  for (let b: u32 = 0; b < step.batch; b++) {
    const place = load<u32>(step.places + (<usize>b << 2))
    for (let back = <u32>1; back <= backOf(step, b); back++) count(step, slots, itemAt(step, place - back))
  }
  close(slots)
  for (let b: u32 = 0; b < step.batch; b++) {
    const place = load<u32>(step.places + (<usize>b << 2))
    for (let back = <u32>1; back <= backOf(step, b); back++)
      enter(step, slots, itemAt(step, place - back), (b << 16) | back)
  }
  forget(step, slots)
}

/** The entries are places among the candidates. */
export function arrangeCandidates(step: Step): void {
  const slots = changetype<Slots>(step.candidateSlots)
  slots.count = 0
  for (let n: u32 = 0; n < step.candidates; n++) count(step, slots, load<u32>(step.candidateItems + (<usize>n << 2)))
  close(slots)
  for (let n: u32 = 0; n < step.candidates; n++)
    enter(step, slots, load<u32>(step.candidateItems + (<usize>n << 2)), n)
  forget(step, slots)
}

function count(step: Step, slots: Slots, item: u32): void {
  const known = step.slotOf + (<usize>item << 2)
  let slot = load<i32>(known)
  if (slot < 0) {
    slot = slots.count++
    store<i32>(known, slot)
    store<u32>(slots.items + (<usize>slot << 2), item)
    store<u32>(slots.ends + (<usize>slot << 2), 0)
  }
  const end = slots.ends + (<usize>slot << 2)
  store<u32>(end, load<u32>(end) + 1)
}

/** From counts to starts; `enter` moves each to its end. */
function close(slots: Slots): void {
  let start: u32 = 0
  for (let slot: usize = 0; slot < slots.count; slot++) {
    const end = slots.ends + (slot << 2)
    const length = load<u32>(end)
    store<u32>(end, start)
    start += length
  }
}

function enter(step: Step, slots: Slots, item: u32, entry: u32): void {
  const slot = <usize>load<u32>(step.slotOf + (<usize>item << 2))
  const end = slots.ends + (slot << 2)
  const to = load<u32>(end)
  store<u32>(end, to + 1)
  store<u32>(slots.entries + (<usize>to << 2), entry)
}

function forget(step: Step, slots: Slots): void {
  for (let slot: usize = 0; slot < slots.count; slot++)
    store<i32>(step.slotOf + (<usize>load<u32>(slots.items + (slot << 2)) << 2), -1)
}

