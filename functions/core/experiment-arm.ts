import type { Experiment, ExperimentArm } from './schemas/experiment.ts'

/**
 * The arm of a viewer: the same one for as long as the experiment has its salt, drawn by the arms' shares.
 * Weighted rendezvous hashing (Schindelhauer & Schomaker 2005): the arm of the smallest −ln(u) / share, where u is
 * uniform in (0, 1) by salt, arm and viewer. So when shares change only those viewers move who must: none between two arms
 * that both gain or both lose.
 * @param unit what the viewer is known by
 */
export function armOf({ salt, arms }: Pick<Experiment, 'salt' | 'arms'>, unit: string): ExperimentArm {
  let chosen = arms[0]!
  let least = Number.POSITIVE_INFINITY
  for (const arm of arms) {
    const distance = -Math.log(uniform(`${salt}\n${arm.name}\n${unit}`)) / arm.share
    if (distance < least) {
      least = distance
      chosen = arm
    }
  }
  return chosen
}

/** A text as a number in (0, 1), never 0 or 1; 52 bits by two rounds of multiplying and mixing (cyrb53, public domain). */
function uniform(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 0x9e3779b1)
    low = Math.imul(low ^ code, 0x5f356495)
  }
  high = mixed(high, low, 0x85ebca6b, 0xc2b2ae35)
  low = mixed(low, high, 0x85ebca6b, 0xc2b2ae35)
  return ((high >>> 0) * 2 ** 20 + (low >>> 12) + 0.5) / 2 ** 52
}

/** Every bit of both goes into every bit of the result. */
function mixed(a: number, b: number, first: number, second: number): number {
  return Math.imul(a ^ (a >>> 16), first) ^ Math.imul(b ^ (b >>> 13), second)
}
