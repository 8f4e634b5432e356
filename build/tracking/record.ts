import * as z from 'zod'

/**
 * What a run's folder holds: `run.json` (RunRecord), `metrics.jsonl` (a MetricLine each), a file for each tracker that
 * it is sent to, and whatever the command puts there itself.
 */
export const RECORD_FILE = 'run.json'
export const METRICS_FILE = 'metrics.jsonl'

export const RUN_KINDS = ['build', 'train', 'evaluate', 'tune', 'rebuild'] as const
export type RunKind = (typeof RUN_KINDS)[number]

/** What the run itself writes; a reader finds out that a run was killed. */
const STATUSES = ['running', 'done', 'failed', 'stopped'] as const

export const Param = z.union([z.string(), z.number(), z.boolean(), z.null()])
export type Param = z.infer<typeof Param>

export const RunRecord = z.strictObject({
  format: z.literal('marquee-run'),
  version: z.literal(1),
  /** the folder's name */
  id: z.string(),
  kind: z.enum(RUN_KINDS),
  /** of the experiment, as the configuration or the command line has it */
  name: z.string(),
  notes: z.string(),
  /** ISO 8601 */
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  seconds: z.number().nullable(),
  status: z.enum(STATUSES),
  /** why it failed */
  failure: z.string().nullable(),
  commandLine: z.string(),
  config: z.record(z.string(), z.unknown()),
  code: z.strictObject({
    /** of git; null outside a checkout */
    commit: z.string().nullable(),
    /** whether files were changed since */
    dirty: z.boolean().nullable(),
    /** SHA-256 over the code that makes a model */
    sha256: z.string().nullable(),
  }),
  /** input files by name and content */
  data: z.array(z.strictObject({ file: z.string(), sha256: z.string() })),
  buildId: z.string().nullable(),
  environment: z.strictObject({
    node: z.string(),
    os: z.string(),
    cpu: z.string(),
    cores: z.int(),
    memoryBytes: z.number(),
  }),
  /** ProcessIdentity of the one that runs it */
  process: z.strictObject({ pid: z.int(), startedTicks: z.int().nullable(), machine: z.string().nullable() }),
  /** beside the configuration, such as the objective of a search */
  params: z.record(z.string(), Param),
  /** the last value of each */
  metrics: z.record(z.string(), z.number()),
  /** files that the run left */
  artifacts: z.array(
    z.strictObject({
      /** what it is called, such as `model/manifest.json` */
      path: z.string(),
      /** where it was, from the run's folder */
      from: z.string(),
      sizeBytes: z.number(),
      sha256: z.string(),
    }),
  ),
  /** what the run made, and whether it is the one that is served */
  model: z.strictObject({ buildId: z.string(), alias: z.enum(['champion', 'challenger']) }).nullable(),
})
export type RunRecord = z.infer<typeof RunRecord>

/** One line of metrics.jsonl. */
export const MetricLine = z.strictObject({
  /** milliseconds since 1970 */
  at: z.number(),
  /** null for what a run has once */
  step: z.int().nullable(),
  metrics: z.record(z.string(), z.number()),
})
export type MetricLine = z.infer<typeof MetricLine>

/** What the configuration calls the project: runs of one stand together. */
export function projectOf({ config }: Pick<RunRecord, 'config'>): string {
  const { project } = config as { project?: { name?: unknown } }
  return typeof project?.name === 'string' ? project.name : 'marquee'
}

/** `{ model: { cf: { factors: 64 } } }` as `model.cf.factors: 64`; lists as JSON. */
export function flatten(value: Record<string, unknown>, prefix = ''): Record<string, Param> {
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Param][] => {
    const path = `${prefix}${key}`
    if (Array.isArray(inner)) return [[path, JSON.stringify(inner)]]
    if (typeof inner === 'object' && inner !== null)
      return Object.entries(flatten(inner as Record<string, unknown>, `${path}.`))
    return [[path, inner as Param]]
  })
  return Object.fromEntries(entries)
}
