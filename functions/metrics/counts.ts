import { Degraded, EventKind, Mark, Rung } from '#core/schemas/api.ts'
import { counter, histogram } from './instruments.ts'

/**
 * What this isolate has counted since it began. Numbers only, with labels of bounded sets: nothing here leads to a person.
 * `functions/routes/metrics.ts` shows them, docs/monitoring.md says what to do with them.
 */

/** Seconds; a clock that is read in whole ms tells nothing finer. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export const requestsTotal = counter<'route' | 'method' | 'status'>(
  'marquee_requests_total',
  'Requests answered by this isolate, by the pattern of the route; none: no route has the path.',
)

export const requestSeconds = histogram<'route'>(
  'marquee_request_seconds',
  'Time until an answer began, in seconds. At Cloudflare the clock stands still while code runs: there it is the time waited for storage, database and language model.',
  SECONDS,
)

/** auth, model and answer as `timed` notes them, and two more. */
export const stageSeconds = histogram<'stage'>(
  'marquee_stage_seconds',
  'Time of a stage in seconds, by the same clock: auth, model (waiting for one to be open), history (a viewer, published and live), answer (with its history and its language model), stream (from the first event to the last).',
  SECONDS,
)

export const answersTotal = counter<'rung'>(
  'marquee_answers_total',
  'Lists answered, by the rung of the ladder that they stand on.',
  Rung.options.map((rung) => ({ rung })),
)

export const degradedTotal = counter<'part'>(
  'marquee_degraded_total',
  'Answers that had to do without a part, by its name.',
  Degraded.element.options.map((part) => ({ part })),
)

export const segmentReadsTotal = counter<'source'>(
  'marquee_segment_reads_total',
  'Parts of stored histories and details that were read, by where they came from.',
  [{ source: 'cache' }, { source: 'bucket' }],
)

export const modelOpensTotal = counter<'outcome'>(
  'marquee_model_opens_total',
  'Looks at the pointer that led to a model being opened, or to one being refused.',
  [{ outcome: 'opened' }, { outcome: 'refused' }],
)

export const feedbackWritesTotal = counter<'kind'>(
  'marquee_feedback_writes_total',
  'Writes of feedback that the database has confirmed.',
  ['rated', 'unrated', ...Mark.options, 'undone', 'erased'].map((kind) => ({ kind })),
)

export const experimentAnswersTotal = counter<'experiment' | 'arm'>(
  'marquee_experiment_answers_total',
  'Answers that belong to an experiment, by arm; who asks twice counts twice.',
)

export const experimentEventsTotal = counter<'kind'>(
  'marquee_experiment_events_total',
  'Events of POST /events that were new.',
  EventKind.options.map((kind) => ({ kind })),
)

export const COUNTS = [
  requestsTotal,
  requestSeconds,
  stageSeconds,
  answersTotal,
  degradedTotal,
  segmentReadsTotal,
  modelOpensTotal,
  feedbackWritesTotal,
  experimentAnswersTotal,
  experimentEventsTotal,
]

/** Wait for a stage that `timed` does not see, and count how long it took. */
export async function timedStage<Result>(stage: 'history', work: Promise<Result>): Promise<Result> {
  const startedAt = Date.now()
  try {
    return await work
  } finally {
    stageSeconds.observe({ stage }, (Date.now() - startedAt) / 1000)
  }
}
