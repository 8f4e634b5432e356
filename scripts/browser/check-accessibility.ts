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

function describe({ id, impact, help, nodes }: Violation): string {
  const shown = nodes
    .slice(0, NODES_SHOWN)
    .map(({ html, failureSummary = '' }) => `${html.slice(0, 200)}\n${failureSummary}`)
  return [`axe ${id} (${impact}): ${help}; ${nodes.length} elements:`, ...shown].join('\n')
}
