import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Pictures of the served page, in the states a viewer meets; reached by real keys and clicks. */

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const INSTALL = 'apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core'
const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } }
const SCHEMES = ['dark', 'light'] as const

/** how long a glide and a request may take until a picture is taken */
const SETTLE_MS = 700

type Journey = (page: Page, snap: (state: string) => Promise<void>) => Promise<void>

const JOURNEYS: Journey[] = [freshStart, knownViewer, drawer, search, documentation, wish]

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:8787' },
    output: { type: 'string', default: 'runs/screenshots' },
  },
})
if (!existsSync(CHROMIUM)) {
  console.error(`no browser at ${CHROMIUM}. Install it with\n  ${INSTALL}\nor set CHROMIUM_PATH.`)
  process.exit(1)
}
await mkdir(values.output, { recursive: true })
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
})
try {
  for (const [screen, viewport] of Object.entries(SCREENS))
    for (const colorScheme of SCHEMES)
      for (const journey of JOURNEYS) await take(browser, journey, `${screen}-${colorScheme}`, viewport, colorScheme)
} finally {
  await browser.close()
}

/** One journey in a browser profile of its own. What the page logs as an error is passed on. */
async function take(
  browser: Browser,
  journey: Journey,
  prefix: string,
  viewport: { width: number; height: number },
  colorScheme: 'dark' | 'light',
): Promise<void> {
  const context = await browser.newContext({
    viewport,
    colorScheme,
    baseURL: values.url,
    hasTouch: viewport.width < 500,
  })
  const page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && console.error(`${prefix}: ${message.text()}`))
  page.on('pageerror', (error) => console.error(`${prefix}: ${error.message}`))
  await journey(page, async (state) => {
    await page.waitForTimeout(SETTLE_MS)
    const path = join(values.output, `${prefix}-${state}.png`)
    await page.screenshot({ path })
    console.log(path)
  })
  await context.close()
}

/** Three ratings: by pointer, by arrow keys and Enter, by arrow keys and a rest. */
async function freshStart(page: Page, snap: (state: string) => Promise<void>) {
  await page.goto('/')
  const sliders = page.locator('.rail').first().getByRole('slider')
  await sliders.first().waitFor()
  await snap('1-fresh')

  const stars = page.locator('.rail').first().locator('.stars').first()
  const box = await stars.boundingBox()
  if (box === null) throw new Error('the first star row is not on the screen')
  await stars.click({ position: { x: box.width * 0.95, y: box.height / 2 } })
  await page.locator('.grid .card:not(.skeleton)').first().waitFor()

  await rateByKeys(page, 9)
  await page.keyboard.press('Enter')
  await page.waitForTimeout(SETTLE_MS)
  await rateByKeys(page, 8)
  await page.waitForTimeout(2 * SETTLE_MS)
  await snap('2-after-three-ratings')

  await page.locator('#list').scrollIntoViewIfNeeded()
  await page.locator('.grid .card').first().locator('.card-actions').scrollIntoViewIfNeeded()
  await snap('3-list')
}

async function rateByKeys(page: Page, halves: number) {
  await page.locator('.rail').first().getByRole('slider').first().focus()
  for (let press = 0; press < halves; press++) await page.keyboard.press('ArrowRight')
}

async function knownViewer(page: Page, snap: (state: string) => Promise<void>) {
  await page.goto('/')
  await page.locator('.viewer').nth(1).click()
  await page.locator('.grid .card:not(.skeleton)').first().waitFor()
  await snap('4-known-viewer')
}

async function drawer(page: Page, snap: (state: string) => Promise<void>) {
  await page.goto('/')
  await page.locator('.viewer').nth(1).click()
  await page.locator('.grid .card:not(.skeleton) .poster-button').first().click()
  await page.locator('.drawer h2').waitFor()
  await snap('5-drawer')
}

async function search(page: Page, snap: (state: string) => Promise<void>) {
  await page.goto('/')
  await page.getByRole('combobox').first().fill('star')
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await snap('6-search')
}

async function documentation(page: Page, snap: (state: string) => Promise<void>) {
  await page.goto('/docs')
  await page.locator('.swagger-ui .opblock').first().waitFor()
  await snap('7-docs')
}

/** A wish by keys, a part of it taken away, and one that nothing satisfies. */
async function wish(page: Page, snap: (state: string) => Promise<void>) {
  await page.goto('/')
  await page.getByRole('combobox').first().fill('phim sci-fi buồn giống Interstellar, không kinh dị')
  await page.keyboard.press('Enter')
  await page.locator('.grid .card:not(.skeleton)').first().waitFor()
  await snap('8-wish')
  await page.locator('.wish-chip').last().click()
  await page.waitForTimeout(SETTLE_MS)
  await page.goto('/?wish=a+western+of+2015+directed+by+Sofia+Coppola')
  await page.locator('.wish-chip').first().waitFor()
  await snap('9-wish-relaxed')
}
