import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

/** What axe-core says of a page; as much of it as is used here. */
interface Violation {
  id: string
  impact: 'minor' | 'moderate' | 'serious' | 'critical' | null
  help: string
  nodes: { html: string; failureSummary?: string }[]
}

const NODES_SHOWN = 4
/** WCAG 2.2, 2.5.5 (AAA), and Apple's guidelines */
const MIN_TARGET_PX = 44

let source: Promise<string> | null = null

/**
 * axe-core on the page as it stands. It is evaluated rather than inserted, as the page's policy allows no foreign script.
 * @throws {Error} naming each serious or critical problem, and an element that has it
 */
export async function checkAccessibility(page: Page): Promise<void> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(await source)
  const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)')
  const problems = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  if (problems.length > 0) throw new Error(problems.map(describe).join('\n'))
}

/**
 * That a finger hits what it can press: 44 px high at least, but for links within text, and the sliders that lie unseen
 * in a row of stars, which takes the finger itself.
 * @throws {Error} naming each kind of thing that is too small, and its height
 */
export async function checkTouchTargets(page: Page): Promise<void> {
  const heights = await page.evaluate<[name: string, height: number][]>(`
    [...document.querySelectorAll('button, summary, select, input, .stars, a[href]')]
      .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== 'inline')
      .filter((element) => !element.matches('.stars input, .skip'))
      .map((element) => [element.className || element.tagName.toLowerCase(), element.getBoundingClientRect().height])`)
  const small = new Map(heights.filter(([, height]) => height < MIN_TARGET_PX))
  if (small.size > 0)
    throw new Error(`lower than ${MIN_TARGET_PX} px: ${[...small].map((each) => each.join(' ')).join(', ')}`)
}

function describe({ id, impact, help, nodes }: Violation): string {
  const shown = nodes
    .slice(0, NODES_SHOWN)
    .map(({ html, failureSummary = '' }) => `${html.slice(0, 200)}\n${failureSummary}`)
  return [`axe ${id} (${impact}): ${help}; ${nodes.length} elements:`, ...shown].join('\n')
}
