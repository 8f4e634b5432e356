import * as z from 'zod'
import { ExperimentMark, RecommendOptions } from './api.ts'
import { BuildId } from './manifest.ts'

/** What may be tried against what is served: a model, the way its scores are blended, or both. */

/** Shares are written in decimals, which binary numbers do not hold exactly. */
const ROUNDING = 1e-9

/** What an arm answers with where the request says nothing of it. */
export const ArmOptions = RecommendOptions.pick({ weights: true, ranker: true, diversity: true })
export type ArmOptions = z.infer<typeof ArmOptions>

export const ExperimentArm = z.strictObject({
  name: ExperimentMark.shape.arm,
  share: z.number().positive().max(1).describe('of the viewers, above 0'),
  modelId: BuildId.nullable().default(null).describe('a published model; null: the one that the pointer names'),
  options: ArmOptions.nullable().default(null).describe('null: as served'),
})
export type ExperimentArm = z.infer<typeof ExperimentArm>

const ARMS = z
  .array(ExperimentArm)
  .min(2)
  .max(8)
  .refine((arms) => new Set(arms.map(({ name }) => name)).size === arms.length, {
    error: 'every arm must have a name of its own',
  })
  .refine((arms) => Math.abs(arms.reduce((sum, { share }) => sum + share, 0) - 1) < ROUNDING, {
    error: 'the shares must sum to 1',
  })
  .describe('the first one is what the others are compared with')

/** `experiments/current.json` beside the models; under its name once it has ended. */
export const Experiment = z.strictObject({
  name: ExperimentMark.shape.name,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional().describe('only of one that has ended'),
  salt: z.string().min(1).max(100).describe('another salt draws all viewers anew'),
  arms: ARMS,
})
export type Experiment = z.infer<typeof Experiment>

/** What a person writes to begin one. */
export const ExperimentPlan = z.strictObject({ name: ExperimentMark.shape.name, arms: ARMS })
export type ExperimentPlan = z.infer<typeof ExperimentPlan>

export const EXPERIMENT_KEY = 'experiments/current.json'

/** Where an experiment that has ended is kept. */
export function endedKey(name: string): string {
  return `experiments/ended/${name}.json`
}
