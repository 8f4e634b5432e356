import * as z from 'zod'
import type { LlmTask } from '#recommend/handles.ts'
import type { Env } from '../env.ts'
import { experimentProblem, runningExperiment } from '../experiment/running.ts'
import type { TaskCounts } from '../llm/counts.ts'
import { llmCounts } from '../llm/index.ts'
import { isolateStart } from '../metrics/count-request.ts'
import { COUNTS } from '../metrics/counts.ts'
import { EXPOSITION_TYPE, exposition } from '../metrics/exposition.ts'
import { counted, gauge, type Metric } from '../metrics/instruments.ts'
import { readiness, servedNow } from '../open-model.ts'
import type { Route } from './route.ts'

const NOTHING = z.strictObject({})

export const metricsRoutes: Route[] = [
  {
    method: 'get',
    path: '/metrics',
    scope: 'admin',
    tag: 'operations',
    summary: 'What this isolate has counted since it began, in Prometheus’ text format; docs/monitoring.md explains it',
    params: NOTHING,
    query: NOTHING,
    body: null,
    answer: z.string(),
    textType: 'text/plain',
    errors: [],
    async respond(context) {
      // a model that answers makes the look needless but every POINTER_CHECK_SECONDS
      await readiness(context.env)
      const metrics = [...COUNTS, ...standing(), ...experimentMetrics(), ...llmMetrics(context.env)]
      return context.body(exposition(metrics), 200, { 'Content-Type': EXPOSITION_TYPE })
    },
  },
]

/** The isolate and its model. */
function standing(): Metric[] {
  const { served, problem } = servedNow()
  const about = 'Of the model that answers; no sample while there is none: '
  return [
    gauge(
      'marquee_isolate_start_timestamp_seconds',
      'Time of the first request of this isolate. All counts are those of one isolate, and begin anew with each.',
      { value: isolateStart() / 1000 },
    ),
    gauge('marquee_model_ready', '1: a model answers.', { value: served ? 1 : 0 }),
    gauge('marquee_model_refused', '1: the model that the pointer names was refused, or the pointer itself.', {
      value: problem === null ? 0 : 1,
    }),
    gauge(
      'marquee_model_info',
      `${about}its id.`,
      ...(served ? [{ labels: { model: served.modelId }, value: 1 }] : []),
    ),
    gauge(
      'marquee_model_published_timestamp_seconds',
      `${about}when the pointer was moved to it.`,
      ...(served ? [{ value: Date.parse(served.publishedAt) / 1000 }] : []),
    ),
  ]
}

function experimentMetrics(): Metric[] {
  const experiment = runningExperiment()
  return [
    gauge(
      'marquee_experiment_share',
      'Share of the viewers that an arm of the running experiment is to have.',
      ...(experiment?.arms ?? []).map(({ name, share }) => ({
        labels: { experiment: experiment!.name, arm: name },
        value: share,
      })),
    ),
    gauge('marquee_experiment_refused', '1: there is an experiment that cannot be run as it is written.', {
      value: experimentProblem() === null ? 0 : 1,
    }),
  ]
}

function llmMetrics(env: Env): Metric[] {
  const { tasks, cost, isResting } = llmCounts(env)
  const byTask = (of: (task: TaskCounts) => [labels: Record<string, string>, value: number][]) =>
    (Object.entries(tasks) as [LlmTask, TaskCounts][]).flatMap(([task, counts]) =>
      of(counts).map(([labels, value]) => ({ labels: { task, ...labels }, value })),
    )
  return [
    counted(
      'marquee_llm_replies_total',
      'Replies of the language model that were of use, by where they came from: server, or kept in KV.',
      byTask(({ replies, kept }) => [
        [{ source: 'server' }, replies],
        [{ source: 'kept' }, kept],
      ]),
    ),
    counted(
      'marquee_llm_failures_total',
      'Calls of the language model that gave nothing of use, by reason (docs/llm.md).',
      byTask(({ failures }) => Object.entries(failures).map(([reason, count]) => [{ reason }, count])),
    ),
    counted(
      'marquee_llm_retries_total',
      'Second attempts.',
      byTask(({ retries }) => [[{}, retries]]),
    ),
    counted(
      'marquee_llm_tokens_total',
      'Tokens as the server counts them.',
      byTask(({ promptTokens, completionTokens }) => [
        [{ kind: 'prompt' }, promptTokens],
        [{ kind: 'completion' }, completionTokens],
      ]),
    ),
    counted('marquee_llm_cost_total', 'What the tokens cost by LLM_PROMPT_PRICE and LLM_COMPLETION_PRICE.', [
      { value: cost },
    ]),
    gauge('marquee_llm_resting', '1: the language model failed so often that it is left alone for a while.', {
      value: isResting ? 1 : 0,
    }),
  ]
}
