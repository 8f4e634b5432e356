import { type Status, statusOf } from './liveness.ts'
import { flatten, type Param, type RunKind, type RunRecord } from './record.ts'

const OPERATORS = ['!=', '>=', '<=', '=', '>', '<'] as const
type Operator = (typeof OPERATORS)[number]

/** `test.ndcg@10>=0.1`, `model.cf.factors=64`. */
export interface Condition {
  key: string
  operator: Operator
  value: string
}

export interface RunFilter {
  kinds?: readonly RunKind[]
  statuses?: readonly Status[]
  /** part of the name, the folder or the build */
  text?: string
  conditions?: readonly Condition[]
  /** a metric, a setting, or a column such as `seconds`; the newest first without it */
  sort?: string
  limit?: number
}

/** @returns null for what is none */
export function parseCondition(text: string): Condition | null {
  const match = /^([^!<>=\s]+)\s*(!=|>=|<=|=|>|<)\s*(.*)$/.exec(text)
  return match && { key: match[1]!, operator: match[2] as Operator, value: match[3]! }
}

/** The runs that are asked for, in the order that is asked for; a run without the value comes last. */
export function selectRuns(records: readonly RunRecord[], filter: RunFilter): RunRecord[] {
  const { kinds, statuses, text, conditions = [], sort, limit } = filter
  const found = records.filter(
    (record) =>
      (kinds?.includes(record.kind) ?? true) &&
      (statuses?.includes(statusOf(record)) ?? true) &&
      (text === undefined || [record.name, record.id, record.buildId ?? ''].some((where) => where.includes(text))) &&
      conditions.every((condition) => holds(condition, valueIn(record, condition.key))),
  )
  const sorted = sort === undefined ? found : found.toSorted((a, b) => compare(valueIn(b, sort), valueIn(a, sort)))
  return sorted.slice(0, limit)
}

/** A metric, a setting of the configuration, a parameter or a column; null where the run has none of that name. */
export function valueIn(record: RunRecord, key: string): Param {
  const { metrics, params, config } = record
  const columns = { started: record.startedAt, seconds: record.seconds, build: record.buildId, name: record.name }
  const where: Record<string, Param>[] = [metrics, params, columns, { commit: record.code.commit }, flatten(config)]
  return where.find((values) => Object.hasOwn(values, key))?.[key] ?? null
}

function holds({ operator, value }: Condition, found: Param): boolean {
  if (operator === '!=') return String(found) !== value
  if (operator === '=') return String(found) === value || (typeof found === 'number' && found === Number(value))
  if (found === null || value === '') return false
  const order = typeof found === 'number' ? found - Number(value) : compare(String(found), value)
  return { '>=': order >= 0, '<=': order <= 0, '>': order > 0, '<': order < 0 }[operator]
}

/** Numbers by size, others by their text; nothing is smallest. */
function compare(a: Param, b: Param): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a) < String(b) ? -1 : Number(String(a) > String(b))
}
