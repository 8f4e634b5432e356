import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { loadConfig } from '../build/config/load-config.ts'
import { build } from '../build/index.ts'
import { createLog } from '../build/io/log.ts'
import { createProgress } from '../build/io/progress.ts'
import { JOURNEYS, JOURNEYS_WITHOUT_MODEL } from './browser/journeys.ts'
import { openBrowser } from './browser/open-browser.ts'
import { type Look, make, SCHEMES, SCREENS } from './browser/visit.ts'
import { buildWeb } from './build-web.ts'
import { startWorker } from './worker.ts'

/**
 * The page in a real Chromium, on a real model: what a viewer does, by keys and clicks, on a phone and on a desktop, with
 * a failing API, a slow network and a language model that is out of reach; axe-core looks at every state.
 *   npm run test:browser -- [--output runs/browser] [--only NAME,NAME] [--all] [--config FILE] [--url URL]
 * Without --all a phone is dark and a desktop light. Pictures of all states are left in the output folder. --url is a page
 * that is served already, and keeps what is rated there; without it one is served on the configured model, and removed.
 */
const { values: options } = parseArgs({
  options: {
    output: { type: 'string', default: 'runs/browser' },
    only: { type: 'string' },
    all: { type: 'boolean', default: false },
    config: { type: 'string' },
    url: { type: 'string' },
  },
})

/** an address where nobody listens */
const NO_LANGUAGE_MODEL = { LLM_BASE_URL: 'http://127.0.0.1:9' }
/** those that make requests fail, which the browser logs */
const LOGS_ERRORS = ['failingApi', 'lostConnection', 'closedServer']

const LOOKS: Look[] = options.all
  ? (['phone', 'desktop'] as const).flatMap((screen) => SCHEMES.map((scheme) => ({ screen, scheme })))
  : [
      { screen: 'phone', scheme: 'dark' },
      { screen: 'desktop', scheme: 'light' },
    ]

const folder = resolve(options.output)
mkdirSync(folder, { recursive: true })
const scratch = mkdtempSync(join(tmpdir(), 'marquee-browser-'))
try {
  const browser = await openBrowser()
  try {
    process.exitCode = (await testPage(browser)) === 0 ? 0 : 1
  } finally {
    await browser.close()
  }
} catch (error) {
  console.error(`test:browser: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** @returns how many journeys failed */
async function testPage(browser: Browser): Promise<number> {
  const webDir = join(scratch, 'web')
  if (options.url === undefined) await buildWeb(webDir)
  const counts = { passed: 0, failed: 0 }
  const sets = [[{}, JOURNEYS] as const, [NO_LANGUAGE_MODEL, JOURNEYS_WITHOUT_MODEL] as const]
  // how a page is set up that runs already is not ours to say
  for (const [vars, all] of options.url === undefined ? sets : sets.slice(0, 1)) {
    const chosen = Object.entries(all).filter(([name]) => options.only?.split(',').includes(name) ?? true)
    if (chosen.length === 0) continue
    const worker = options.url === undefined ? await startPage(webDir, vars) : null
    try {
      for (const [name, journey] of chosen)
        for (const look of LOOKS) {
          const title = `${name} (${look.screen}, ${look.scheme})`
          const place = { url: options.url ?? worker!.url.href, folder, name, allowsErrors: LOGS_ERRORS.includes(name) }
          const problem = await make(browser, journey, look, place).then(
            () => null,
            (error: Error) => error.message,
          )
          // as when it was told to end, by Ctrl-C or otherwise
          if (!browser.isConnected()) throw new Error('the browser was closed')
          counts[problem === null ? 'passed' : 'failed']++
          console.log(problem === null ? `✓ ${title}` : `✗ ${title}\n${problem.replace(/^/gm, '    ')}`)
        }
    } finally {
      await worker?.stop()
    }
  }
  console.log(`\nPictures of every state: ${folder} (${Object.keys(SCREENS).join(', ')})`)
  console.log(`${counts.passed} journeys passed, ${counts.failed} failed`)
  return counts.failed
}

/** The Worker with the configured model, and a state that nobody else has. */
async function startPage(webDir: string, vars: Record<string, string>) {
  const config = loadConfig({ path: options.config })
  const progress = createProgress(process.stderr)
  const log = createLog({ ...config.logging, level: 'warn', beforeLine: progress.clear })
  const handles = { log, progress, signal: new AbortController().signal, track: () => {} }
  return startWorker({
    stateDir: mkdtempSync(join(scratch, 'state-')),
    webDir,
    vars: { REQUEST_LOG: 'off', ...vars },
    async beforeServing(store) {
      await build({ config, until: 'publish', handles, openStore: async () => ({ ...store, close: async () => {} }) })
      progress.clear()
    },
  })
}
