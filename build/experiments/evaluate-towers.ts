import type { Config } from '#core/schemas/config.ts'
import { type FactorsJudgement, judgeFactors } from '../evaluate/index.ts'
import { encodeArtifacts } from '../export/index.ts'
import type { Compute } from '../index.ts'
import type { StepHandles } from '../io/handles.ts'
import { PART, type SourceReport } from '../nouns.ts'
import { train } from '../train/index.ts'
import { withPrepared } from './with-prepared.ts'

export interface TowersReport extends Omit<FactorsJudgement, 'usersJudged'> {
  protocol: string
  seed: number
  /** judged */
  users: number
  files: SourceReport[]
}

/**
 * Whether a two-tower network, as configured, makes the served blend better than the factors of ALS, on the validation part
 * of the configured split.
 * @param inputs folders or files, in place of the configured sources
 * @throws {DataError} when the validation part has too few users
 */
export async function evaluateTowers(
  inputs: string[] | null,
  config: Config,
  compute: Partial<Compute>,
  handles: StepHandles,
): Promise<TowersReport> {
  const { model, project } = config
  return withPrepared(inputs, config, compute, handles, async ({ prepared, embeddings, files, optionsFor }) => {
    const contender = async (type: 'als' | 'two_tower') => {
      const stars = { ...model.stars, type: 'none' as const }
      const own: Config = { ...config, model: { ...model, stars, cf: { ...model.cf, type } } }
      const learned = { model: own.model, seed: project.seed, embeddings }
      const trained = await train(prepared, [PART.train], learned, handles, optionsFor(type))
      return { type, config: own, files: encodeArtifacts(trained, prepared, (part) => part !== PART.test) }
    }
    const contenders = [await contender('als'), await contender('two_tower')] as const
    const { usersJudged, ...judgement } = judgeFactors(contenders, prepared.interactions, config, handles)
    return {
      protocol:
        'two-towers: the validation part of the configured split; learned from train alone; each half of the users judged ' +
        'by blend weights that were learned on the other; ranked: the whole catalogue but what the user rated before',
      ...{ seed: project.seed, users: usersJudged, ...judgement, files },
    }
  })
}
