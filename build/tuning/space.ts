import * as z from 'zod'
import type { RandomSource } from '#core/random.ts'

/** Values of some keys of the configuration, by dotted path: `{ "model.cf.factors": 64 }`. */
export type Settings = Record<string, unknown>

/** Numbers between two ends, both included. */
const Range = z
  .strictObject({
    low: z.number(),
    high: z.number(),
    /** log: any order of magnitude is as likely as another */
    scale: z.enum(['linear', 'log']).default('linear'),
    /** numbers lie whole steps above `low`; null for any number, to three digits */
    step: z.number().positive().nullable().default(null),
    /** a step of 1 */
    integer: z.literal(true).optional(),
  })
  .refine(({ low, high }) => low < high, { path: ['high'], error: 'must be above low' })
  .refine(({ low, scale }) => scale === 'linear' || low > 0, { path: ['low'], error: 'must be above 0 with scale log' })
  .refine(({ step, integer }) => step === null || !integer, { path: ['step'], error: 'may not stand beside integer' })
  .transform(({ integer, ...range }) => ({ ...range, step: integer ? 1 : range.step }))
export type Range = z.output<typeof Range>

/** What is searched: by dotted path a list of choices, or a range. */
export const Space = z
  .record(z.string().regex(/^[^.]+(\.[^.]+)*$/, 'must be a dotted path'), z.union([z.array(z.unknown()).min(1), Range]))
  .refine((space) => Object.keys(space).length > 0, { error: 'must have at least one key' })
export type Space = z.output<typeof Space>

/** Draws in a row that bring nothing new, after which a space counts as exhausted. */
const FRUITLESS = 10_000

/**
 * Different settings, as many as wanted or as there are.
 * @param isAllowed refuses combinations
 */
export function drawDifferent(
  space: Space,
  count: number,
  random: RandomSource,
  isAllowed: (settings: Settings) => boolean,
): Settings[] {
  const seen = new Set<string>()
  const found: Settings[] = []
  for (let fruitless = 0; found.length < count && fruitless < FRUITLESS; fruitless++) {
    const settings = drawSettings(space, random)
    const key = JSON.stringify(settings)
    if (seen.has(key)) continue
    seen.add(key)
    if (!isAllowed(settings)) continue
    found.push(settings)
    fruitless = 0
  }
  return found
}

/** What shows whether a key may have the values: all choices; of a range its ends and some numbers between. */
export function examplesOf(values: Space[string], random: RandomSource): unknown[] {
  if (Array.isArray(values)) return values
  return [values.low, values.high, ...Array.from({ length: 16 }, () => drawNumber(values, random))]
}

/** One value of each key, drawn by chance. */
function drawSettings(space: Space, random: RandomSource): Settings {
  return Object.fromEntries(
    Object.entries(space).map(([key, values]) => [
      key,
      Array.isArray(values) ? values[Math.floor(random.uniform() * values.length)] : drawNumber(values, random),
    ]),
  )
}

function drawNumber(range: Range, { uniform }: RandomSource): number {
  const { low, high, scale, step } = range
  const share = uniform()
  if (step === null) {
    const value = scale === 'log' ? low * (high / low) ** share : low + (high - low) * share
    // three digits are as good as sixteen, but must not lead over the ends
    return Math.min(high, Math.max(low, Number(value.toPrecision(3))))
  }
  const steps = stepsOf(range, step)
  if (scale === 'linear') return onStep(low, Math.floor(share * (steps + 1)), step)
  const value = low * (high / low) ** share
  return onStep(low, Math.min(steps, Math.round((value - low) / step)), step)
}

/** Whole steps between the ends; a step's last bit must not take one away. */
function stepsOf({ low, high }: Range, step: number): number {
  return Math.floor((high - low) / step + 1e-9)
}

/** 0.1 + 2 · 0.1 as 0.3. */
function onStep(low: number, steps: number, step: number): number {
  return Number((low + steps * step).toPrecision(12))
}
