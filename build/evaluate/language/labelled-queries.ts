import { LabelledQuery } from '#core/schemas/labelled-query.ts'

export type { LabelledQuery } from '#core/schemas/labelled-query.ts'

/** A file of labels that cannot be read. */
export class LabelError extends Error {
  override name = 'LabelError'
}

/**
 * One query a line: `{"text":"phim hài thập niên 90","expect":{"must_genres":["Comedy"],"year_from":1990,"year_to":1999}}`,
 * with `"tags":["decade"]` if one likes; empty lines are skipped.
 * @param name of the file, for errors
 * @throws {LabelError} naming the line
 */
export function readLabelledQueries(jsonl: string, name: string): LabelledQuery[] {
  const queries = jsonl.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === '') return []
    const where = `${name}, line ${at + 1}`
    const result = LabelledQuery.safeParse(jsonOf(line, where))
    if (result.success) return [result.data]
    const [issue] = result.error.issues
    throw new LabelError(`${where}: ${[issue!.path.join('.'), issue!.message].filter(Boolean).join(': ')}`)
  })
  if (queries.length === 0) throw new LabelError(`${name}: found no query, expected one a line as JSON`)
  return queries
}

/** What “last year” counts from in a query. */
export function thisYearOf({ this_year: thisYear }: LabelledQuery): number {
  return thisYear ?? new Date().getUTCFullYear()
}

function jsonOf(line: string, where: string): unknown {
  try {
    return JSON.parse(line.replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new LabelError(`${where}: found no JSON, expected {"text":"…","expect":{…}}`, { cause })
  }
}
