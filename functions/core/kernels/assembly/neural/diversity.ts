import { add, dot } from '../rows'
import { endOf, Slots, startOf, Step } from './step'

/**
 * How alike two movies are that a row draws by its chances p: D = Σ P_i P_j f_i·f_j over pairs of different items, where P is
 * the chance of all candidates that are the item and f the first `alike` of its features. With f̄ = Σ P_i f_i that is
 * |f̄|² − Σ P_i² |f_i|², and of a candidate's score the gradient is 2 p (f·f̄ − P |f|² − D): alike movies at the top push each
 * other down. Adds `diversity` times that to the row.
 * @param chances p · scale of each candidate, above which the gradient is put, scale times it too
 * @param mean room for `alike` numbers
 * @returns D
 */
export function spreadOut(step: Step, chances: usize, scale: f32, mean: usize): f64 {
  const slots = changetype<Slots>(step.candidateSlots)
  const end = <usize>step.alike << 2
  memory.fill(mean, 0, end)
  let own: f64 = 0
  for (let slot: u32 = 0; slot < slots.count; slot++) {
    const chance = chanceOf(slots, slot, chances) / scale
    const features = featuresOf(step, slots, slot)
    add(mean, features, chance, end)
    own += <f64>(chance * chance * dot(features, features, end))
  }
  const likeness = <f64>dot(mean, mean, end) - own
  for (let slot: u32 = 0; slot < slots.count; slot++) {
    const chance = chanceOf(slots, slot, chances) / scale
    const features = featuresOf(step, slots, slot)
    const others = dot(features, mean, end) - chance * dot(features, features, end)
    const factor: f32 = 1 + 2 * step.diversity * (others - <f32>likeness)
    for (let entry = startOf(slots, slot); entry < endOf(slots, slot); entry++) {
      const at = chances + (<usize>load<u32>(slots.entries + (<usize>entry << 2)) << 2)
      store<f32>(at, factor * load<f32>(at))
    }
  }
  return likeness
}

function chanceOf(slots: Slots, slot: u32, chances: usize): f32 {
  let sum: f32 = 0
  for (let entry = startOf(slots, slot); entry < endOf(slots, slot); entry++)
    sum += load<f32>(chances + (<usize>load<u32>(slots.entries + (<usize>entry << 2)) << 2))
  return sum
}

/** Of the first candidate that is the item. */
// @ts-ignore: decorator
@inline
function featuresOf(step: Step, slots: Slots, slot: u32): usize {
  const first = <usize>load<u32>(slots.entries + (<usize>startOf(slots, slot) << 2))
  return step.features + first * (<usize>step.width << 2)
}
