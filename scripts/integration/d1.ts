import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { type LiveDatabase, openLiveDatabase, type SqlStatement } from '../../build/publish/live-database.ts'
import { startLocalCloudflare } from './servers/local-cloudflare.ts'

/**
 * What goes to Cloudflare's D1 by its HTTP API, asked of a D1 that is not ours: Miniflare's, behind the explorer that holds
 * each request to Cloudflare's own schema (scripts/integration/servers/local-cloudflare.ts). The same commands with `--target
 * remote` and, on the same state, `--target local` must say the same.
 *   node scripts/integration/d1.ts
 */
const ROOT = join(import.meta.dirname, '../..')
/** more than a page of the export */
const EVENTS = 12_000
const STATEMENT_ROWS = 500

const scratch = mkdtempSync(join(tmpdir(), 'integration-d1-'))
const state = join(scratch, 'state')
let failed = 0
const cloudflare = await startLocalCloudflare(state)
try {
  const database = await openLiveDatabase({ target: 'remote', env: cloudflare.env })
  await checkValues(database)
  await checkTransactions(database)
  await checkFeedback(database)
  await checkKeys()
  await checkModel()
  await checkRefusals()
} finally {
  await cloudflare.stop()
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed > 0 ? 1 : 0

async function checkValues(database: LiveDatabase): Promise<void> {
  await check('values of every kind come back as they went', async () => {
    const values = ["it's ? -- ;", 'Hố đen tử thần 🎬\n"', '', 0, -7, 1.5, 2 ** 53 - 1, 1e-9, null]
    const columns = values.map((_, index) => `? AS c${index}`)
    const [row] = await database.all<Record<string, unknown>>(`SELECT ${columns.join(', ')}`, ...values)
    same(Object.values(row!), values)
    same(await database.all('SELECT ?2 AS b, ?1 AS a, ?2 AS c', 1, 'x'), [{ b: 'x', a: 1, c: 'x' }])
    same(await database.all('SELECT movie_id FROM live_feedback WHERE user_id = ?', -1), [])
  })
}

async function checkTransactions(database: LiveDatabase): Promise<void> {
  await check('statements are done whole or not at all', async () => {
    const rated = (kind: string): SqlStatement => ({
      sql: 'INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, updated_at) VALUES (?, ?, ?, ?, ?)',
      params: [1, 1, kind, kind === 'rated' ? 8 : null, 1_700_000_000],
    })
    const error = await database.run([rated('rated'), rated('adored')]).catch((error: Error) => error.message)
    if (!/CHECK constraint failed/.test(String(error)))
      throw new Error(`found ${error}, expected the CHECK that failed`)
    same(await database.all('SELECT count(*) AS n FROM live_feedback'), [{ n: 0 }])
  })
}

async function checkFeedback(database: LiveDatabase): Promise<void> {
  await check(`${EVENTS} events of feedback are exported as they are from this disk`, async () => {
    for (let from = 0; from < EVENTS; from += STATEMENT_ROWS) {
      const rows = Array.from({ length: STATEMENT_ROWS }, (_, n) => eventRow(from + n)).join(', ')
      await database.run([
        { sql: `INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, until, updated_at) VALUES ${rows}` },
      ])
    }
    const [remote, local] = [join(scratch, 'remote.jsonl.gz'), join(scratch, 'local.jsonl')]
    await marquee('feedback', 'export', '--target', 'remote', '--output', remote)
    await marquee('feedback', 'export', '--target', 'local', '--state', state, '--output', local)
    const exported = gunzipSync(readFileSync(remote)).toString()
    same(exported.trim().split('\n').length, EVENTS + 1)
    same(exported === readFileSync(local, 'utf8'), true)
  })
}

/** Of every kind that there is, by users that the data does not know. */
function eventRow(n: number): string {
  const [user, movie] = [1_000_000 + (n % 300), 1 + Math.floor(n / 300)]
  const kind = ['rated', 'liked', 'disliked', 'snoozed'][n % 40] ?? 'seen'
  const until = kind === 'snoozed' ? 2_000_000_000 : 'NULL'
  return `(${user}, ${movie}, '${kind}', ${kind === 'rated' ? 1 + (n % 10) : 'NULL'}, ${until}, ${1_700_000_000 + n})`
}

async function checkKeys(): Promise<void> {
  await check('keys are made, listed and revoked', async () => {
    const key = (await marquee('keys', 'create', '--name', "an office's", '--target', 'remote')).trim()
    await marquee('keys', 'create', '--name', 'a week', '--expires', '7', '--target', 'remote')
    const listed = await marquee('keys', 'list', '--target', 'remote')
    same(listed, await marquee('keys', 'list', '--state', state))
    same([/an office's .*never expires/, /a week /].filter((row) => !row.test(listed)).length, 0)
    await marquee('keys', 'revoke', key, '--target', 'remote')
    same(/an office's .*revoked/.test(await marquee('keys', 'list', '--target', 'remote')), true)
  })
}

async function checkModel(): Promise<void> {
  await check('a rebuild learns from the feedback and publishes, and lists of all users are stored', async () => {
    const [config, report] = [join(scratch, 'config.yml'), join(scratch, 'rebuild.json')]
    writeFileSync(config, `project:\n  artifacts: ${join(scratch, 'artifacts')}\n`)
    await marquee('rebuild', '--target', 'remote', '--config', config, '--json', report)
    const { outcome, currentId, feedback } = JSON.parse(readFileSync(report, 'utf8'))
    same([outcome, feedback.events], ['published', EVENTS])
    same((await marquee('models', 'list', '--target', 'remote')).includes(currentId), true)
    const told = join(scratch, 'batch.json')
    await marquee('batch', '--target', 'remote', '--k', '10', '--work', join(scratch, 'batch'), '--json', told)
    const { users, stored } = JSON.parse(readFileSync(told, 'utf8'))
    same(stored.stored, users)
  })
}

async function checkRefusals(): Promise<void> {
  for (const [name, wrong, expected] of [
    ['a wrong token', { CLOUDFLARE_API_TOKEN: 'wrong' }, /403, the credentials were refused/],
    ['another database', { CLOUDFLARE_D1_DATABASE_ID: 'other' }, /404, there is none/],
  ] as const)
    await check(`${name} is refused, and said so`, async () => {
      const elsewhere = await openLiveDatabase({ target: 'remote', env: { ...cloudflare.env, ...wrong } })
      const error = await elsewhere.all('SELECT 1').catch((error: Error) => error.message)
      if (!expected.test(String(error))) throw new Error(`found ${error}, expected ${expected}`)
    })
}

/** @returns what the command printed @throws {Error} with what it said when it fails */
async function marquee(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/marquee.js'), ...args], {
    cwd: scratch,
    env: { ...process.env, ...cloudflare.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [[code], printed, said] = await Promise.all([
    once(child, 'close'),
    child.stdout.toArray(),
    child.stderr.toArray(),
  ])
  if (code !== 0)
    throw new Error(
      `marquee ${args.join(' ')}: ${Buffer.concat([...printed, ...said])
        .toString()
        .slice(-2000)}`,
    )
  return Buffer.concat(printed).toString()
}

async function check(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    console.log(`✓ ${name}`)
  } catch (error) {
    failed++
    console.log(`✗ ${name}: ${error}`)
  }
}

function same(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`)
}
