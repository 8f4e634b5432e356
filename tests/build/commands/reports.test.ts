import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../../build/cli.ts'
import type { Surroundings } from '../../../build/commands/index.ts'
import { buildFindings, splitFindings, starsFindings } from '../../../build/commands/reports.ts'
import type { SplitReport } from '../../../build/experiments/evaluate-split.ts'
import type { BuildOptions } from '../../../build/index.ts'
import { CARD } from '../../helpers/exported-model.ts'
import { temporaryFolder } from '../ingest/workspace.ts'
import { FINDINGS } from '../report/findings.ts'

const BUILD_ID = 'b'.repeat(16)
const BUILT = { ...CARD, evaluation: { ...CARD.evaluation, models: FINDINGS.models } }

/** `marquee evaluate` in a folder, with a build that found what FINDINGS says. */
async function evaluate(cwd: string, ...args: string[]) {
  let stdout = ''
  const asked: BuildOptions[] = []
  const never = async () => {
    throw new Error('evaluate needs neither tables nor a store')
  }
  const surroundings: Surroundings = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => {} },
    signal: new AbortController().signal,
    cwd,
    build: async (options) => {
      asked.push(options)
      const examination = options.examined ? FINDINGS.examination : null
      return { buildId: BUILD_ID, folder: cwd, steps: [], report: BUILT.evaluation, card: BUILT, examination }
    },
    prepareTables: never,
    openStore: never,
  }
  return { code: await run(['evaluate', ...args], surroundings), stdout, asked }
}

test('--report examines the model and writes the page where it is asked to, with the command that makes it', async () => {
  const cwd = temporaryFolder()
  const { code, stdout, asked } = await evaluate(cwd, '--report', 'out/the page.html', '--seed', '7')
  expect(code).toBe(0)
  expect(asked).toMatchObject([{ until: 'evaluate', examined: true }])
  expect(stdout).toContain(`The report is in ${join(cwd, 'out/the page.html')} (`)
  expect(readdirSync(join(cwd, 'out'))).toEqual(['the page.html'])
  const page = readFileSync(join(cwd, 'out/the page.html'), 'utf8')
  expect(page).toContain('<h1>How well the models recommend: test</h1>')
  expect(page).toContain("npx marquee evaluate --report 'out/the page.html' --seed 7")
})

test('--leaderboard needs no examination', async () => {
  const cwd = temporaryFolder()
  const { asked, stdout } = await evaluate(cwd, '--leaderboard', 'board.md')
  expect(asked).toMatchObject([{ examined: false }])
  expect(stdout).toContain(`The leaderboard is in ${join(cwd, 'board.md')} (`)
  expect(readFileSync(join(cwd, 'board.md'), 'utf8')).toMatch(/^# Leaderboard: test\n/)
})

test('--json has the report once, and nothing of the card', async () => {
  const cwd = temporaryFolder()
  await evaluate(cwd, '--json', 'result.json')
  expect(Object.keys(JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8')))).toEqual([
    'buildId',
    'folder',
    'steps',
    'report',
  ])
})

describe('findings', () => {
  test('of a build without an examination have the difference to popularity', () => {
    const { differences, facts } = buildFindings(BUILD_ID, CARD, null, 'npx marquee evaluate')
    expect(differences).toEqual([{ a: 'blend', b: 'popularity', metrics: CARD.evaluation.overPopularity }])
    expect(facts[0]).toEqual(['data', '1 ratings of 1 movies by 1 users, 2000-01-01 to 2000-01-01'])
  })

  test('of a split name it by its protocol, and have what was chosen and read', () => {
    const { models, differences } = FINDINGS
    const report = {
      ...{
        protocol: 'global-time: ratings of 3 stars or more; tuned on valid',
        seed: 1,
        users: 9,
        models,
        differences,
      },
      ...{ usersWithoutRelevant: 1, usersWithoutHistory: 2, itemsOnlyInTest: 3 },
      validation: { trials: [] },
      files: [{ file: 'train.txt', sizeBytes: 1, sha256: 'c'.repeat(64), rowsRead: 5, rowsKept: 4, dropped: {} }],
    } as unknown as SplitReport
    const { name, facts, card, examination } = splitFindings(report, [['cf', 'type "als"']], 'npx marquee evaluate')
    expect({ name, card, examination }).toEqual({ name: 'global-time', card: null, examination: null })
    expect(facts).toContainEqual(['chosen: cf', 'type "als"'])
    expect(facts).toContainEqual(['file train.txt', '4 rows, SHA-256 cccccccccccccccc…'])
  })

  test('of predicted stars have the folds, and the difference to the baseline', () => {
    const { name, facts, models, differences } = starsFindings(
      {
        ...FINDINGS.stars!,
        protocol: 'ml-1m-5-fold: five folds',
        seed: 1,
        folds: [{ factors: 14, learnedFrom: 2000, ratings: 500, rmse: 0.85 }],
        files: [],
      },
      'npx marquee evaluate',
    )
    expect(name).toBe('ml-1m-5-fold')
    expect(facts).toContainEqual(['fold 1', 'RMSE 0.8500 of 500 ratings, learned from 2,000 with 14 factors'])
    expect(models[0]).toMatchObject({ name: 'marquee', coverage: {} })
    expect(differences).toMatchObject([{ a: 'marquee', b: 'userAndMovieMean' }])
  })
})
