import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import type { CfConfig } from '#core/schemas/config.ts'
import { alone } from '#recommend/blend.ts'
import { rank } from '#recommend/index.ts'
import { loadConfig } from '../../build/config/load-config.ts'
import { servingSettings } from '../../build/evaluate/index.ts'
import { type JudgedUser, judgedUsers } from '../../build/evaluate/judged-users.ts'
import { openArtifacts } from '../../build/evaluate/open-artifacts.ts'
import { encodeArtifacts } from '../../build/export/index.ts'
import { ingest } from '../../build/ingest/index.ts'
import type { StepHandles } from '../../build/io/handles.ts'
import { createLog } from '../../build/io/log.ts'
import { table } from '../../build/io/table.ts'
import { PART } from '../../build/nouns.ts'
import { prepare } from '../../build/prepare/index.ts'
import { openDevice, train } from '../../build/train/index.ts'

/**
 * Where the defaults of `model.cf` come from: mean NDCG@10 on the validation part of ALS alone, trained on the train
 * part, over a grid of λ, α₀ and the half-life of a like. The test part is not looked at.
 *
 *   node scripts/bench/tune-als.ts [--config FILE] [--factors 64]
 */
const REGULARIZATIONS = [2, 4, 8, 12]
const UNOBSERVED_WEIGHTS = [0.1, 0.2, 0.4, 1]
const HALF_LIVES = [null, 20, 10, 5, 3]

const { values } = parseArgs({ options: { config: { type: 'string' }, factors: { type: 'string', default: '64' } } })
const config = loadConfig({ path: values.config })
const handles: StepHandles = {
  log: createLog({ level: 'warn', file: null }),
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}

const tables = await mkdtemp(join(tmpdir(), 'marquee-tune-'))
const dataset = await ingest(config.data, handles)
const prepared = await prepare(dataset, { ...config, seed: config.project.seed, outputDir: tables }, handles)
await dataset.database.close()
await rm(tables, { recursive: true })
const device = await openDevice('cpu', availableParallelism(), handles.log)
const checkpointFile = join(tmpdir(), 'marquee-tune-checkpoint')
const { judged } = judgedUsers(prepared.interactions, PART.validation, config.evaluation.relevantFrom)

const rows: string[][] = []
for (const regularization of REGULARIZATIONS)
  for (const unobservedWeight of UNOBSERVED_WEIGHTS) {
    const cf = { ...config.model.cf, factors: Number(values.factors), regularization, unobservedWeight }
    const scores = await validate(cf)
    rows.push([String(regularization), String(unobservedWeight), ...scores.map((score) => score.toFixed(4))])
    console.error(`λ ${regularization}, α₀ ${unobservedWeight}: best ${Math.max(...scores).toFixed(4)}`)
  }
const halfLives = HALF_LIVES.map((halfLife) => (halfLife === null ? 'no decay' : `half-life ${halfLife}`))
console.log(`validation NDCG@10 of ALS alone, ${judged.length} users, seed ${config.project.seed}\n`)
console.log(table(['λ', 'α₀', ...halfLives], rows))

/** One mean NDCG@10 a half-life. */
async function validate(cf: CfConfig): Promise<number[]> {
  const settings = { model: { ...config.model, cf }, seed: config.project.seed }
  const trained = await train(prepared, [PART.train], settings, handles, { device, checkpointFile, resume: false })
  const files = encodeArtifacts(trained, prepared, (part) => part !== PART.test)
  return HALF_LIVES.map((recencyHalfLife) =>
    meanNdcg(judged, openArtifacts(files, { ...servingSettings(config, []), recencyHalfLife })),
  )
}

function meanNdcg(users: JudgedUser[], model: Model): number {
  const weights = alone('cf')
  const sum = users.reduce((total, { history, relevant }) => {
    const ranked = rank(history, { weights }, 10, model).blended.map(({ itemIndex }) => itemIndex)
    return total + ndcgAtK(ranked, relevant, 10)
  }, 0)
  return sum / users.length
}
