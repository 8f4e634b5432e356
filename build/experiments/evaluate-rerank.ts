import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import type { RerankEvidence } from '#core/schemas/manifest.ts'
import {
  judgeRerank,
  type Llm,
  learnBlend,
  openArtifacts,
  type RerankJudgement,
  readPrompts,
  servingSettings,
  validationUsers,
} from '../evaluate/index.ts'
import { encodeArtifacts } from '../export/index.ts'
import type { Compute } from '../index.ts'
import { ingest } from '../ingest/index.ts'
import type { StepHandles } from '../io/handles.ts'
import { PART } from '../nouns.ts'
import { prepare } from '../prepare/index.ts'
import { openDevice, train } from '../train/index.ts'

/** The language model under test, and what it is called. */
export interface NamedLlm {
  llm: Llm
  model: string
}

export interface RerankReport extends Omit<RerankJudgement, 'evidence'> {
  protocol: string
  seed: number
  /** as the model card holds it; null where the model never answered */
  evidence: RerankEvidence | null
}

/**
 * Measure a language model's re-ranking on the validation part, on lists of a model that has not seen it: what
 * `LLM_RERANK = "auto"` goes by.
 * @param maxUsers that the language model is asked about
 */
export async function evaluateRerank(
  { llm, model: name }: NamedLlm,
  maxUsers: number,
  maxMove: number,
  config: Config,
  { device = 'auto', threads = availableParallelism() }: Partial<Compute>,
  handles: StepHandles,
): Promise<RerankReport> {
  const { seed } = config.project
  const dataset = await ingest(config.data, handles)
  const folder = await mkdtemp(join(tmpdir(), 'marquee-rerank-'))
  const trainDevice = await openDevice(device, threads, handles.log)
  try {
    const prepared = await prepare(dataset, { ...config, seed, outputDir: join(folder, 'tables') }, handles)
    const stars = { ...config.model.stars, type: 'none' as const }
    const settings = { model: { ...config.model, stars }, seed }
    const options = { device: trainDevice, checkpointFile: join(folder, 'checkpoint'), resume: false }
    const files = encodeArtifacts(
      await train(prepared, [PART.train], settings, handles, options),
      prepared,
      () => false,
    )
    const blend = learnBlend(files, prepared, config, handles)
    const model = openArtifacts(files, servingSettings(config, blend))
    const users = validationUsers(prepared.interactions, config, maxUsers)
    const prompts = readPrompts()
    const { bootstrapSamples } = config.evaluation
    const judged = await judgeRerank(users, model, maxMove, { llm, prompts }, { seed, bootstrapSamples }, handles)
    const { evidence, ...judgement } = judged
    const prompt = llm.canScore ? prompts.rerank.version : prompts.rerankList.version
    return {
      protocol:
        `the best ${50} of the lists of ${users.length} validation users, by a model that has not seen the part, put to ${name}; ` +
        `relevant: ${config.evaluation.relevantFrom} stars or more; the weight of the score chosen on the other half of the users`,
      seed,
      ...judgement,
      evidence: evidence && { model: name, prompt, ...evidence },
    }
  } finally {
    trainDevice.close()
    await dataset.database.close()
    await rm(folder, { recursive: true, force: true })
  }
}
