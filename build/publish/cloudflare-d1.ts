import * as z from 'zod'
import type { LiveDatabase, SqlStatement, SqlValue } from './live-database.ts'
import { type Answer, type Patience, patiently } from './patient-request.ts'
import type { Place } from './place.ts'
import { PublishError } from './published-model.ts'

const CLOUDFLARE_API = 'https://api.cloudflare.com/client/v4'

/** What a statement found: the rows as arrays, in the order of the columns. */
const Found = z.object({
  columns: z.array(z.string()).default([]),
  rows: z.array(z.array(z.unknown())).default([]),
})

/** The part of Cloudflare's answer that is used; a result a statement. */
const Reply = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number().optional(), message: z.string() })).default([]),
  result: z.array(z.object({ results: Found.prefault({}) })).nullish(),
})

/** Text or a name in quotes, a remark, or where a value goes: `?` or `?2`. */
const PLACES = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\?(\d*)/g

/**
 * Cloudflare's D1 over its HTTP API (POST …/d1/database/ID/raw). Queries are sent again where the way there fails;
 * writes only where the server said that it took none (429), as one without an answer may have been done.
 * @param place env: CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_TOKEN (D1 Edit), CLOUDFLARE_D1_DATABASE_ID, and
 * CLOUDFLARE_API_BASE_URL for another address
 * @throws {PublishError} naming the variable that is missing
 */
export function openCloudflareD1(place: Place = {}): LiveDatabase {
  const env = place.env ?? process.env
  const account = needed(env, 'CLOUDFLARE_ACCOUNT_ID')
  const token = needed(env, 'CLOUDFLARE_API_TOKEN')
  const database = needed(env, 'CLOUDFLARE_D1_DATABASE_ID')
  const base = (env.CLOUDFLARE_API_BASE_URL || CLOUDFLARE_API).replace(/\/+$/, '')
  const url = `${base}/accounts/${encodeURIComponent(account)}/d1/database/${encodeURIComponent(database)}/raw`
  const where = `D1 database ${database}`

  const ask = async (body: unknown, patience: Partial<Patience>): Promise<Answer> => {
    const init = {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }
    return patiently(where, (signal) => fetch(url, { ...init, signal }), patience)
  }
  return {
    async all<Row>(sql: string, ...params: SqlValue[]) {
      const [result] = resultsOf(await ask(filledIn({ sql, params }), place), where)
      return (result ?? []) as Row[]
    },
    async run(statements) {
      if (statements.length === 0) return
      resultsOf(await ask({ batch: statements.map(filledIn) }, { ...place, once: true }), where)
    },
    close: async () => {},
  }
}

/**
 * The API's schema knows values of text only, so numbers and NULL go into the SQL itself.
 * @throws {RangeError} when there are more or fewer values than places
 */
function filledIn({ sql, params = [] }: SqlStatement): { sql: string; params: string[] } {
  const texts: string[] = []
  let places = 0
  const filled = sql.replace(PLACES, (found, number?: string) => {
    if (number === undefined) return found
    const place = number === '' ? places + 1 : Number(number)
    places = Math.max(places, place)
    const value = params[place - 1]
    if (value === null) return 'NULL'
    // two minuses in a row would begin a remark
    if (typeof value === 'number' && Number.isFinite(value)) return value < 0 ? `(${value})` : String(value)
    if (typeof value === 'string') texts.push(value)
    return '?'
  })
  const wrong = params.findIndex((value) => typeof value === 'number' && !Number.isFinite(value))
  if (wrong >= 0) throw new RangeError(`${sql}: value ${wrong + 1} is ${params[wrong]}, expected a finite number`)
  if (places !== params.length) throw new RangeError(`${sql}: found ${params.length} values, expected ${places}`)
  return { sql: filled, params: texts }
}

/** Rows of each statement. @throws {PublishError} saying what is to be done */
function resultsOf({ status, bytes }: Answer, where: string): unknown[][] {
  const parsed = Reply.safeParse(jsonOf(bytes))
  const said = parsed.success ? parsed.data.errors.map(({ message }) => message).join('; ') : 'no JSON that it knows'
  if (status === 401 || status === 403)
    throw new PublishError(
      `${where}: ${status}, the credentials were refused (${said}); expected CLOUDFLARE_API_TOKEN to be a token with the permission D1 Edit`,
    )
  if (status === 404)
    throw new PublishError(
      `${where}: 404, there is none (${said}); expected CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_D1_DATABASE_ID as "wrangler d1 list" shows them`,
    )
  if (!parsed.success || !parsed.data.success) throw new PublishError(`${where}: answered ${status} (${said})`)
  return (parsed.data.result ?? []).map(({ results: { columns, rows } }) =>
    rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
  )
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

function needed(env: Record<string, string | undefined>, name: string): string {
  const value = env[name]
  if (value === undefined || value === '')
    throw new PublishError(`${name}: found nothing in the environment, expected it for Cloudflare's D1`)
  return value
}
