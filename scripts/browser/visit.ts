import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { checkAccessibility, checkTouchTargets } from './check-accessibility.ts'

export const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } }
export const SCHEMES = ['dark', 'light'] as const

/** A screen in one of its schemes: `phone-dark`. */
export interface Look {
  screen: keyof typeof SCREENS
  scheme: (typeof SCHEMES)[number]
}

/** how long a glide and a request may take until a picture is taken */
const SETTLE_MS = 500
/** longest wait for what must come */
const PATIENCE_MS = 10_000

/** One person's time with the page. */
export interface Visit {
  page: Page
  isPhone: boolean
  /** Lets the page come to rest, takes its picture, has axe look at it, and on a phone measures what a finger presses. */
  look(state: string): Promise<void>
  /** Until a movie's card is in the list. */
  untilListed(): Promise<void>
}

/** What a person does with the page; throws where it does not do as it should. */
export type Journey = (visit: Visit) => Promise<void>

/**
 * One journey in a browser profile of its own.
 * @param url of the page
 * @param allowsErrors whether the page may log errors, as it does of requests that are made to fail
 * @throws {Error} for what the journey missed, what axe found, and what the page logged as an error
 */
export async function make(
  browser: Browser,
  journey: Journey,
  { screen, scheme }: Look,
  { url, folder, name, allowsErrors }: { url: string; folder: string; name: string; allowsErrors: boolean },
): Promise<void> {
  const viewport = SCREENS[screen]
  const isPhone = screen === 'phone'
  const context = await browser.newContext({ viewport, colorScheme: scheme, baseURL: url, hasTouch: isPhone })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const errors: string[] = []
  const findings: string[] = []
  page.on('console', (message) => {
    // pictures come from elsewhere, and may not be to be had
    const isOurs = !URL.canParse(message.location().url) || new URL(message.location().url).host === new URL(url).host
    if (message.type() === 'error' && isOurs) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  let pictures = 0
  const picture = (state: string) =>
    page.screenshot({ path: join(folder, `${screen}-${scheme}-${name}-${++pictures}-${state}.png`) })
  try {
    await journey({
      page,
      isPhone,
      async look(state) {
        await page.waitForTimeout(SETTLE_MS)
        await picture(state)
        for (const check of isPhone && isOwnPage(page) ? [checkAccessibility, checkTouchTargets] : [checkAccessibility])
          await check(page).catch((error: Error) => findings.push(`${state}: ${error.message}`))
      },
      untilListed: () => page.locator('.grid .card:not(.skeleton)').first().waitFor(),
    })
    if (!allowsErrors) findings.push(...errors.map((text) => `the page logged ${text}`))
    if (findings.length > 0) throw new Error(findings.join('\n'))
  } catch (error) {
    await picture('failed')
    throw error
  } finally {
    await context.close()
  }
}

/** Swagger UI's sizes at /docs are its own. */
const isOwnPage = (page: Page) => new URL(page.url()).pathname === '/'
