import * as z from 'zod'
import type { LiveDatabase, SqlStatement } from './live-database.ts'
import { type Answer, type Patience, patiently } from './patient-request.ts'
import type { Place } from './place.ts'
import { PublishError } from './published-model.ts'

const CLOUDFLARE_API = 'https://api.cloudflare.com/client/v4'

/** The part of Cloudflare's answer that is used; a result a statement. */
const Reply = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number().optional(), message: z.string() })).default([]),
  result: z
    .array(z.object({ success: z.boolean().default(true), results: z.array(z.unknown()).default([]) }))
    .nullish(),
})

/**
 * Cloudflare's D1 over its HTTP API (POST …/d1/database/ID/query). Queries are sent again where the way there fails;
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
  const url = `${base}/accounts/${encodeURIComponent(account)}/d1/database/${encodeURIComponent(database)}/query`
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
    async all<Row>(sql: string, ...params: (string | number | null)[]) {
      const [result] = resultsOf(await ask({ sql, params }, place), where)
      return (result ?? []) as Row[]
    },
    async run(statements) {
      if (statements.length === 0) return
      const batch = statements.map(({ sql, params = [] }: SqlStatement) => ({ sql, params }))
      resultsOf(await ask({ batch }, { ...place, once: true }), where)
    },
    close: async () => {},
  }
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
  return (parsed.data.result ?? []).map(({ results }) => results)
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
