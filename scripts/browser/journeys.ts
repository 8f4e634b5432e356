import { deepEqual, equal, match, notDeepEqual, notEqual, ok } from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import type { Journey } from './visit.ts'

/** What a viewer does with the page, by real keys and clicks. */

/** cumulative layout shift that Web Vitals call good */
const MAX_SHIFT = 0.1
/** all of it so far, without what a click has moved */
const LAYOUT_SHIFT = `new Promise((resolve) => {
  let sum = 0
  const add = (list) => list.getEntries().forEach(({ value, hadRecentInput }) => (sum += hadRecentInput ? 0 : value))
  new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => resolve(sum), 200)
})`

const freshStart: Journey = async ({ page, look }) => {
  await page.goto('/')
  const wall = page.locator('.rail').first()
  await wall.getByRole('slider').first().waitFor()
  await page.locator('.rung-popularity').waitFor()
  await look('wall')
  const shown = await idsOf(wall.locator('.rail-card'))
  const popular = await idsOf(page.locator('.grid .card'))
  deepEqual(
    popular.filter((id) => shown.includes(id)),
    [],
    'nothing twice on the page',
  )

  // by pointer, by arrow keys and Enter, by arrow keys and a rest
  const stars = wall.locator('.stars').first()
  const box = await stars.boundingBox()
  ok(box, 'the first star row is not on the screen')
  await stars.click({ position: { x: box.width * 0.95, y: box.height / 2 } })
  await untilOwnList(page)
  const before = await titlesOf(page)
  await rateByKeys(page, 9)
  await page.keyboard.press('Enter')
  await page.waitForTimeout(600)
  await rateByKeys(page, 8)
  await until(async () => (await page.locator('.rating').count()) === 3, 'three ratings')
  await look('three-ratings')
  notDeepEqual(await titlesOf(page), before, 'three ratings give another list than one')

  await page.locator('.grid .card').first().locator('.card-actions').scrollIntoViewIfNeeded()
  await look('list')
  await page.reload()
  await untilOwnList(page)
  equal(await page.locator('.rating').count(), 3, 'ratings that are kept')
}

const knownViewer: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  await viewers(page).nth(0).click()
  await untilListed()
  await page.locator('.bars').first().waitFor()
  await look('profile')
  match(page.url(), /\?user=\d+$/)

  const all = await titlesOf(page)
  await page.locator('.filters .chip').nth(1).click()
  await until(async () => /genres=/.test(page.url()), 'the genre in the address')
  await page.waitForTimeout(500)
  const filtered = await titlesOf(page)
  notDeepEqual(filtered, all)
  await page.reload()
  await untilListed()
  deepEqual(await titlesOf(page), filtered, 'a shared address gives the same list')
  await page.goBack()
  await page.locator('.hero').waitFor()
}

/** Further down: more of the list, and what is near a movie that was loved. */
const furtherDown: Journey = async ({ page, look }) => {
  await page.goto('/')
  await rateByKeys(page, 10)
  await page.keyboard.press('Enter')
  await untilOwnList(page)
  const title = await page.locator('.rating-title').innerText()
  const shelf = page.getByRole('region', { name: `Because you liked ${title}` })
  await shelf.locator('.rail-card').nth(5).waitFor()
  const first = await titlesOf(page)
  const listed = await idsOf(page.locator('.grid .card'))
  const shelved = await idsOf(shelf.locator('.rail-card'))
  deepEqual(
    shelved.filter((id) => listed.includes(id)),
    [],
    'nothing twice on the page',
  )

  await shelf.scrollIntoViewIfNeeded()
  await look('shelf')
  await page.locator('.more').focus()
  await page.keyboard.press('Enter')
  await until(async () => (await titlesOf(page)).length > first.length, 'a longer list')
  deepEqual((await titlesOf(page)).slice(0, first.length), first, 'the list goes on behind what was shown')
  await page.locator('.more').scrollIntoViewIfNeeded()
  await look('more')
}

const marksWithUndo: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  await viewers(page).nth(1).click()
  await untilListed()
  const [first] = await titlesOf(page)
  const menu = page.locator('.grid .card').first().locator('.mark-menu summary')
  await menu.scrollIntoViewIfNeeded()
  await menu.click()
  await look('menu')
  await page.locator('.mark-menu[open] button').nth(2).click()
  // it stays while one is on it
  await page.locator('.toast button').focus()
  await until(async () => (await titlesOf(page))[0] !== first, 'a seen movie leaves the list')
  await look('toast')
  await page.locator('.toast button').click()
  await until(async () => (await titlesOf(page)).includes(first!), 'an undone mark brings the movie back')
}

const drawer: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  await viewers(page).nth(2).click()
  await untilListed()
  await page.locator('.grid .card .poster-button').first().click()
  await page.locator('.drawer h2').waitFor()
  await page.locator('.why').waitFor()
  await look('why')

  await page.locator('.what-if .button').click()
  await page.locator('.what-if .moves li').first().waitFor()
  await page.locator('.what-if').scrollIntoViewIfNeeded()
  await look('what-if-loved')

  const title = await page.locator('.drawer h2').innerText()
  await page.locator('.similar .poster-button').first().click()
  await until(async () => (await page.locator('.drawer h2').innerText()) !== title, 'another movie in the drawer')
  await page.goBack()
  await until(async () => (await page.locator('.drawer h2').innerText()) === title, 'Back to the movie before')
  await page.keyboard.press('Escape')
  await page.locator('.drawer').waitFor({ state: 'detached' })

  // a movie of the history: what the list would be without it
  await page.locator('.rail-small .poster-button').first().click()
  await page.locator('.what-if .button').click()
  await page.locator('.what-if .move').first().waitFor()
  await page.locator('.what-if').scrollIntoViewIfNeeded()
  await look('what-if-without')
}

const search: Journey = async ({ page, look }) => {
  await page.goto('/')
  const box = page.getByRole('combobox').first()
  await box.fill('star')
  await page.getByRole('option').nth(2).waitFor()
  await page.keyboard.press('ArrowDown')
  await look('results')
  await page.keyboard.press('Enter')
  await page.locator('.drawer h2').waitFor()
  match(await page.locator('.drawer h2').innerText(), /star/i)
}

const wish: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  // the second of those that are offered names a movie of the catalogue
  await page.locator('.hero .chip').nth(2).waitFor()
  await page.locator('.hero .chip').nth(1).click()
  await page.locator('.wish-chip').nth(1).waitFor()
  equal(await page.locator('.rail').count(), 0, 'a wish stands alone')
  await page.goBack()
  await page.getByRole('combobox').first().fill('phim sci-fi buồn giống Interstellar, không kinh dị')
  await page.keyboard.press('Enter')
  await untilListed()
  await look('answer')
  await page.locator('.grid .card .poster-button').first().click()
  await page.locator('.receipt').waitFor()
  await look('receipt')
  await page.keyboard.press('Escape')

  const chips = await page.locator('.wish-chip').count()
  ok(chips >= 4, `four parts of the wish understood, found ${chips}`)
  await page.locator('.wish-chip').last().click()
  await until(async () => (await page.locator('.wish-chip').count()) === chips - 1, 'a part taken away')

  await page.goto('/?wish=a+western+of+2015+directed+by+Sofia+Coppola')
  await page.locator('.wish-chip').first().waitFor()
  await page.locator('.notice-degraded').first().waitFor()
  await look('relaxed')
}

const group: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  await rateByKeys(page, 10)
  await page.keyboard.press('Enter')
  await page.locator('.rating').waitFor()
  await page.locator('.together').click()
  await page.locator('.empty').waitFor()
  await look('nobody-else')
  await viewers(page).nth(0).click()
  await viewers(page).nth(3).click()
  await untilListed()
  await page.locator('.fairness .fit').nth(2).waitFor()
  await look('three')
  equal(await page.locator('.grid .card').first().locator('.fit').count(), 3, 'a fit for each member')

  const mean = await titlesOf(page)
  await page.locator('.strategies .chip').nth(1).click()
  await until(async () => /strategy=leastMisery/.test(page.url()), 'the strategy in the address')
  await page.waitForTimeout(500)
  const least = await titlesOf(page)
  notDeepEqual(least, mean, 'another strategy gives another list')
  await page.reload()
  await untilListed()
  deepEqual(await titlesOf(page), least, 'a shared address gives the same list')
  await page.locator('.grid .card').nth(1).scrollIntoViewIfNeeded()
  await look('fits')
}

const dials: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  await viewers(page).nth(0).click()
  await untilListed()
  const learned = await titlesOf(page)
  await page.locator('.dial input').focus()
  for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight')
  await until(async () => /diversity=0\.5/.test(page.url()), 'the dial in the address')
  await until(async () => /\d/.test(await page.locator('.dial output').innerText()), 'what diversity costs')

  await page.locator('.weights summary').click()
  await page.locator('.weight input').last().focus()
  await page.keyboard.press('End')
  await until(async () => /weights=/.test(page.url()), 'the mixture in the address')
  await page.locator('.weights').scrollIntoViewIfNeeded()
  await look('mixture')
  notDeepEqual(await titlesOf(page), learned)

  await page.locator('.weights .text-button').click()
  await page.locator('.dial input').focus()
  await page.keyboard.press('Home')
  await until(async () => !/weights|diversity/.test(page.url()), 'dials back at rest')
  await until(async () => sameTitles(await titlesOf(page), learned), 'the learned list again')
}

const vietnamese: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  await page.locator('.language').selectOption('vi')
  equal(await page.locator('html').getAttribute('lang'), 'vi')
  await page.getByRole('combobox').first().fill('ho den tu than')
  await page.getByRole('option').nth(1).waitFor()
  match(await page.getByRole('option').first().innerText(), /^Hố đen tử thần\s+Interstellar · 2014/)
  await look('search')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('.drawer h2').waitFor()
  equal(await page.locator('.drawer h2').innerText(), 'Hố đen tử thần')
  await look('movie')
  await page.keyboard.press('Escape')
  await viewers(page).nth(0).click()
  await untilListed()
  await look('list')
  await page.locator('.together').click()
  await viewers(page).nth(1).click()
  await untilListed()
  await look('group')
  await page.goto('/?about=model')
  await page.locator('.leaderboard').first().waitFor()
  await look('model')
}

const modelPage: Journey = async ({ page, look }) => {
  await page.goto('/')
  await page.locator('.footer .text-button').click()
  await page.locator('.leaderboard tbody tr').first().waitFor()
  await look('card')
  await page.locator('.history').scrollIntoViewIfNeeded()
  ok((await page.locator('.history tbody tr').count()) >= 1, 'the served model stands in its history')
  await look('history')
}

const documentation: Journey = async ({ page, look }) => {
  await page.goto('/docs')
  await page.locator('.swagger-ui .opblock').first().waitFor()
  ok((await page.locator('.swagger-ui .opblock').count()) > 20, 'every operation')
  await look('operations')
  // the history's: a body with an example, sent as it stands
  await page.locator('#operations-recommend-postRecommendHistory .opblock-summary-control').click()
  await page.locator('.opblock-body .execute').click()
  const status = page.locator('.live-responses-table .response .response-col_status').first()
  await status.waitFor()
  match(await status.innerText(), /^200/)
  await look('answer')
}

/** Nothing can be had, then everything again. */
const failingApi: Journey = async ({ page, look, untilListed }) => {
  const body = '{"error":{"code":"internal","message":"something went wrong here; the request was understood"}}'
  await page.route('**/v1/**', (route) => route.fulfill({ status: 500, contentType: 'application/json', body }))
  await page.goto('/?user=1')
  await page.locator('.notice-failure').nth(1).waitFor()
  await look('failures')
  await page.unroute('**/v1/**')
  await page.locator('#list .notice-failure .button').click()
  await untilListed()
}

/** A rating that cannot be stored is taken back, and the viewer is told. */
const lostConnection: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/')
  await viewers(page).nth(1).click()
  await untilListed()
  await page.context().setOffline(true)
  const card = page.locator('.grid .card').first()
  await card.locator('.card-actions').scrollIntoViewIfNeeded()
  await card.getByRole('slider').focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.locator('.toast-failure').waitFor()
  await look('not-saved')
  await page.context().setOffline(false)
}

/** Nothing moves under the viewer's finger while parts of the page come one by one. */
const slowNetwork: Journey = async ({ page, look, untilListed }) => {
  await page.route('**/v1/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await route.continue().catch(() => undefined)
  })
  await page.goto('/?user=1')
  await page.locator('.card.skeleton').first().waitFor()
  await look('waiting')
  await untilListed()
  await page.waitForTimeout(500)
  const shift = await page.evaluate<number>(LAYOUT_SHIFT)
  ok(shift < MAX_SHIFT, `what stands there keeps its place when the rest comes in: a layout shift of ${shift}`)
}

const closedServer: Journey = async ({ page, look }) => {
  const body = '{"error":{"code":"unauthorized","message":"no credentials"}}'
  await page.route('**/v1/**', (route) => route.fulfill({ status: 401, contentType: 'application/json', body }))
  await page.goto('/')
  await page.locator('.empty').waitFor()
  await look('closed')
}

/** The language model is set up and cannot be reached: the wish is answered, and says what it did without. */
const noLanguageModel: Journey = async ({ page, look, untilListed }) => {
  await page.goto('/?wish=a+funny+movie+about+love')
  await untilListed()
  await page.locator('.notice-degraded').first().waitFor()
  await look('answer')
  notEqual(await page.locator('.card .reason').first().innerText(), '')
}

/** With a Worker as it is set up at first. */
export const JOURNEYS: Record<string, Journey> = {
  freshStart,
  knownViewer,
  furtherDown,
  marksWithUndo,
  drawer,
  search,
  wish,
  group,
  dials,
  vietnamese,
  modelPage,
  documentation,
  failingApi,
  lostConnection,
  slowNetwork,
  closedServer,
}

/** With one whose language model is out of reach. */
export const JOURNEYS_WITHOUT_MODEL: Record<string, Journey> = { noLanguageModel }

/** Known viewers, but for "together" and who sits here. */
const viewers = (page: Page): Locator => page.locator('.viewer:has(.face[style])')

const titlesOf = (page: Page) =>
  page.locator('.grid .card article').evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-label')))

const idsOf = (cards: Locator) => cards.evaluateAll((all) => all.map((card) => card.getAttribute('data-movie-id')))

const sameTitles = (a: unknown[], b: unknown[]) => JSON.stringify(a) === JSON.stringify(b)

/** Until the list goes by what was rated, not by what is popular. */
const untilOwnList = (page: Page) =>
  page.locator('.list[aria-busy="false"] :is(.rung-personalized, .rung-content)').waitFor()

async function rateByKeys(page: Page, halves: number): Promise<void> {
  await page.locator('.rail').first().getByRole('slider').first().focus()
  for (let press = 0; press < halves; press++) await page.keyboard.press('ArrowRight')
}

/** @throws {Error} when what is expected has not come after a while */
async function until(holds: () => Promise<boolean>, expected: string): Promise<void> {
  const end = Date.now() + 8000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`expected ${expected}, which did not come`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
