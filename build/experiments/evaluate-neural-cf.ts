import type { Config } from '#core/schemas/config.ts'
import { BLEND_ROW, openPairsJudge, type PairsJudgement, rescoredBy } from '../evaluate/index.ts'
import { encodeArtifacts } from '../export/index.ts'
import type { Compute } from '../index.ts'
import type { StepHandles } from '../io/handles.ts'
import { PART, type SourceReport } from '../nouns.ts'
import { PAIR_NETWORKS, type PairNetwork, train, trainContent, trainNeuralCf } from '../train/index.ts'
import { withPrepared } from './with-prepared.ts'

export interface NeuralCfReport extends Omit<PairsJudgement, 'usersJudged'> {
  protocol: string
  seed: number
  /** judged */
  users: number
  /** after which each network was best on the validation part */
  epochs: Record<string, number>
  /** whether the blend would be better for it, with an interval above 0 */
  helps: boolean
  files: SourceReport[]
}

/**
 * Whether layers over viewer and movie (NeuMF) are better than the product of their vectors, learned alike and by two towers
 * as configured, and whether they would make the served lists better; on the validation part of the configured split, beside
 * each source alone.
 * @param inputs folders or files, in place of the configured sources
 * @throws {DataError} when the validation part has too few users
 */
export async function evaluateNeuralCf(
  inputs: string[] | null,
  config: Config,
  compute: Partial<Compute>,
  handles: StepHandles,
): Promise<NeuralCfReport> {
  const { seed } = config.project
  return withPrepared(inputs, config, compute, handles, async (bench) => {
    const { prepared, embeddings, threads } = bench
    const { catalog, interactions } = prepared
    const model = { ...config.model, stars: { ...config.model.stars, type: 'none' as const } }
    const content = trainContent(catalog, model.content)
    const learned = { model, seed, embeddings, content }
    const trained = await train(prepared, [PART.train], learned, handles, bench.optionsFor('model'))
    const files = encodeArtifacts(trained, prepared, (part) => part !== PART.test)
    const judge = openPairsJudge(files, interactions, config, handles)
    const epochs: NeuralCfReport['epochs'] = {}
    const input = { ...learned, catalog, interactions, parts: [PART.train] }
    // two towers that are served already have a row as a source
    const [neural, ...others] = PAIR_NETWORKS.filter((name) => name !== model.cf.type) as [
      PairNetwork,
      ...PairNetwork[],
    ]
    for (const name of [neural, ...others]) {
      const losses = await trainNeuralCf(name, input, (scorePairs) => judge.add(name, scorePairs), handles, threads)
      epochs[name] = losses.length
    }
    const { usersJudged, ...judgement } = judge.judgement([
      [rescoredBy(neural), BLEND_ROW],
      ...others.map((name) => [rescoredBy(name), BLEND_ROW] as const),
      ...others.map((name) => [neural, name] as const),
      [neural, model.cf.type],
    ])
    const { metrics } = judgement.differences[0]!
    return {
      protocol:
        'neural-cf: the validation part of the configured split; learned from train alone, as many epochs as are best on ' +
        'validation; ranked: the whole catalogue but what the user rated before; each half of the users judged by blend ' +
        'weights, and a share of the way to the pairs\u2019 scores, that were learned on the other',
      ...{ seed, users: usersJudged, ...judgement, epochs },
      helps: Object.values(metrics).every(({ low }) => low > 0),
      files: bench.files,
    }
  })
}
