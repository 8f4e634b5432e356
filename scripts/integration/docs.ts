import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../port.ts'
import { copyRepository } from '../repository-copy.ts'
import { asRunHere, BEFORE, reasonNotToRun } from './docs/circumstances.ts'
import { commandsOf, type DocCommand } from './docs/commands.ts'
import { type Place, run, type Server, serve } from './docs/shell.ts'

/**
 * Every command of README.md and docs/*.md, as one who is new here would type it: page after page, from top to bottom, in a
 * copy of this checkout with its own `npm ci`, state, artifacts, home and port. Prints each with how long it took, or why it
 * is not run, and fails where one fails. docs/circumstances.ts says what is not run and what stands in for what.
 *   npm run integration:docs -- [--only README.md,docs/api.md:20] [--folder DIR] [--list]
 * --only takes pages, or a page from a line on. --folder keeps the copy, and goes on in one that is there; without it, one
 * is made in the system's temporary folder and removed. --list runs nothing. All of it takes about half an hour on 2 cores,
 * and the npm registry.
 */
const ROOT = resolve(import.meta.dirname, '../..')
/** sets what the rest of its block goes by */
const SETS = /^(export )?\w+=\S*$/
const README = 'README.md'
const FIRST_START = 'npm start'
const SERVES = /(^|&& |[A-Z_]+=\S+ )(npm start\b|npm run serve\b(?!.*--no-run)|npx wrangler dev\b|npx workerd serve\b)/
/** those that do not say on the page where they listen */
const TAKES_PORT = /\b(npm start|npm run serve|npx wrangler dev)\b( --(?= ))?(?!.*--port)/

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    folder: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
})

/** What holds from one command of a page to the next. */
interface Session {
  /** runs until the next one, or the end of the page */
  server: Server | null
  block: number
  /** of that block */
  settings: string
}

type Outcome = { kind: 'ran' | 'serves'; seconds: number } | { kind: 'notRun' | 'failed'; why: string }

/** first line by page */
const only = options.only === undefined ? null : new Map(options.only.split(',').map(pageAndLine))
const pages = [README, ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter(
  (page) => page.endsWith('.md') && (only?.has(page) ?? true),
)
const scratch = resolve(options.folder ?? mkdtempSync(join(tmpdir(), 'integration-docs-')))
process.once('exit', () => {
  if (options.folder === undefined) rmSync(scratch, { recursive: true, force: true })
})
const counts = { ran: 0, serves: 0, notRun: 0, failed: 0 }
try {
  const port = await freePort()
  const place = options.list ? null : await makePlace(scratch)
  // the other pages are read by one who has started it once
  if (place && !pages.includes(README)) await run('npx marquee build', place)
  for (const page of pages) await walk(page, place, port)
  console.log(`\n${counts.ran + counts.serves} passed, ${counts.failed} failed, ${counts.notRun} not run here`)
  process.exitCode = counts.failed === 0 ? 0 : 1
} catch (error) {
  console.error(`integration:docs: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

/** The commands of a page in their order. */
async function walk(page: string, place: Place | null, port: number): Promise<void> {
  const markdown = readFileSync(join(ROOT, page), 'utf8')
  const commands = commandsOf(page, markdown).filter(({ line }) => line >= (only?.get(page) ?? 1))
  if (place && commands.some((command) => reasonNotToRun(command) === undefined)) {
    const before = BEFORE[page]?.(place.folder, markdown)
    if (before) await run(before, place)
  }
  const session: Session = { server: null, block: 0, settings: '' }
  for (const command of commands) {
    const outcome = await outcomeOf(command, async () => {
      if (place) await execute(command, session, place, port)
    })
    counts[outcome.kind]++
    tell(command, outcome)
  }
  await session.server?.stop()
}

async function execute(command: DocCommand, session: Session, place: Place, port: number): Promise<void> {
  const text = withPort(asRunHere(command, { port, scratch }), port)
  const url = `http://localhost:${port}`
  if (session.block !== command.block) Object.assign(session, { block: command.block, settings: '' })
  if (SETS.test(command.text)) session.settings += `${text}\n`
  if (SERVES.test(text)) {
    await session.server?.stop()
    session.server = null
    session.server = await serve(text, place, url)
    return
  }
  // what README starts with, and every page takes for granted
  if (text.includes(`localhost:${port}`)) session.server ??= await serve(withPort(FIRST_START, port), place, url)
  await run(session.settings + text, place)
}

async function outcomeOf(command: DocCommand, execute: () => Promise<void>): Promise<Outcome> {
  const why = reasonNotToRun(command)
  if (why !== undefined) return { kind: 'notRun', why }
  const startedAt = performance.now()
  try {
    await execute()
  } catch (error) {
    return { kind: 'failed', why: (error as Error).message }
  }
  const seconds = (performance.now() - startedAt) / 1000
  return { kind: SERVES.test(command.text) ? 'serves' : 'ran', seconds }
}

function tell({ page, line, text }: DocCommand, outcome: Outcome): void {
  const took = 'seconds' in outcome ? `${outcome.seconds.toFixed(1)} s` : ''
  const word =
    options.list && outcome.kind !== 'notRun'
      ? 'to run'
      : { ran: 'ran', serves: 'serves', notRun: 'not run', failed: 'FAILED' }[outcome.kind]
  const [first, ...rest] = text.split('\n')
  console.log(
    `${`${page}:${line}`.padEnd(30)}${word.padEnd(8)}${took.padStart(8)}  ${first}${rest.length > 0 ? ' …' : ''}`,
  )
  if ('why' in outcome) console.log(outcome.why.replace(/^/gm, ' '.repeat(48)))
}

function pageAndLine(text: string): [page: string, line: number] {
  const [page = '', line = '1'] = text.split(':')
  return [page, Number(line)]
}

/** npm hands on what stands behind `--`. */
function withPort(text: string, port: number): string {
  return text.replace(
    TAKES_PORT,
    (_, program: string) => `${program}${program.startsWith('npm') ? ' --' : ''} --port ${port}`,
  )
}

/** A copy of what git knows or would take up, with what its package.json installs. */
async function makePlace(folder: string): Promise<Place> {
  copyRepository(folder)
  const home = join(folder, '.home')
  mkdirSync(home, { recursive: true })
  // a refused request is a failed command
  writeFileSync(join(home, '.curlrc'), 'silent\nshow-error\nfail-with-body\n')
  const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim()
  const environment = { ...process.env, HOME: home, npm_config_cache: cache }
  const place = { folder, environment }
  if (!existsSync(join(folder, 'node_modules'))) await run('npm ci', place)
  return place
}
