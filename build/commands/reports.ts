import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { ModelCard } from '#core/schemas/manifest.ts'
import type { ColdReport } from '../experiments/evaluate-cold.ts'
import type { NewMoviesReport } from '../experiments/evaluate-new-movies.ts'
import type { SplitReport } from '../experiments/evaluate-split.ts'
import type { StarsReport } from '../experiments/evaluate-stars.ts'
import { writeWhole } from '../io/files.ts'
import { bytes } from '../io/table.ts'
import type { Examination, SourceReport } from '../nouns.ts'
import type { Findings } from '../report/index.ts'
import type { Surroundings } from './index.ts'

export interface ReportFlags {
  /** HTML */
  report?: string
  /** Markdown */
  leaderboard?: string
  /** all of it, for the report to say how it is made again */
  commandLine?: string
}

/** What a command found, as pages for people, where the flags ask for them; prints where they are. */
export async function writeReports(
  { report, leaderboard }: ReportFlags,
  findings: Findings,
  { cwd, stdout }: Surroundings,
): Promise<void> {
  if (report === undefined && leaderboard === undefined) return
  const { leaderboardText, renderReport } = await import('../report/index.ts')
  const pages: [path: string | undefined, what: string, render: (findings: Findings) => string][] = [
    [report, 'report', renderReport],
    [leaderboard, 'leaderboard', leaderboardText],
  ]
  for (const [path, what, render] of pages) {
    if (path === undefined) continue
    const file = resolve(cwd, path)
    const page = render(findings)
    await mkdir(dirname(file), { recursive: true })
    await writeWhole(file, page)
    stdout.write(`The ${what} is in ${file} (${bytes(Buffer.byteLength(page))}).\n`)
  }
}

/** What was found of the configured split. */
export function buildFindings(
  buildId: string,
  card: ModelCard,
  examination: Examination | null,
  commandLine: string,
): Findings {
  const { project, seed, data, model, evaluation } = card
  const { parts } = data
  const over = examination?.differences ?? [{ other: 'popularity', metrics: evaluation.overPopularity }]
  return {
    name: project,
    protocol: evaluation.protocol,
    command: commandLine,
    seed,
    buildId,
    users: evaluation.usersJudged,
    models: evaluation.models,
    differences: over.map(({ other, metrics }) => ({ a: evaluation.models[0]!.name, b: other, metrics })),
    facts: [
      [
        'data',
        `${whole(data.ratings)} ratings of ${whole(data.movies)} movies by ${whole(data.users)} users, ` +
          `${data.firstRating} to ${data.lastRating}`,
      ],
      [
        'after the filters',
        `${whole(data.usedRatings)} ratings of ${whole(data.usedMovies)} movies by ${whole(data.usedUsers)} users: ` +
          `${whole(parts.train)} train, ${whole(parts.validation)} validation, ${whole(parts.test)} test`,
      ],
      ['left out', `${whole(evaluation.usersWithoutRelevant)} users without anything relevant in the test part`],
      [
        'model',
        `${model.cf} with ${model.factors} factors, neighbours: ${model.neighbours}, ${whole(model.terms)} terms of ` +
          `the texts; liked from ${model.likedFrom} stars`,
      ],
    ],
    card,
    stars: evaluation.stars,
    examination,
  }
}

/** What was found on a split of one's own or of a protocol. @param chosen settings, as the summary has them */
export function splitFindings(report: SplitReport, chosen: [string, string][], commandLine: string): Findings {
  const { protocol, seed, users, models, differences, files, validation } = report
  return {
    ...{ name: nameOf(protocol), protocol, command: commandLine, seed, buildId: null, users, models, differences },
    facts: [
      ...chosen.map(([what, is]): [string, string] => [`chosen: ${what}`, is]),
      ['tried', `${validation.trials.length} settings, on the validation part alone`],
      ['left out', `${whole(report.usersWithoutRelevant)} users without anything relevant in the test part`],
      [
        'new',
        `${whole(report.usersWithoutHistory)} users without a history, ${whole(report.itemsOnlyInTest)} items to be found in no other part`,
      ],
      ...filesRead(files),
    ],
    ...{ card: null, stars: null, examination: null },
  }
}

/** What was found of movies that nobody has rated. */
export function coldFindings(report: ColdReport, commandLine: string): Findings {
  const { protocol, seed, users, models, differences, files, coldItems } = report
  return {
    ...{ name: nameOf(protocol), protocol, command: commandLine, seed, buildId: null, users, models, differences },
    facts: [['cold', `${whole(coldItems)} movies taken out of training`], ...filesRead(files)],
    ...{ card: null, stars: null, examination: null },
  }
}

/** What was found of predicted stars of movies that are not in the catalogue. */
export function newMoviesFindings(report: NewMoviesReport, commandLine: string): Findings {
  const { protocol, seed, users, models, differences, files, newMovies, ratings } = report
  return {
    ...{ name: nameOf(protocol), protocol, command: commandLine, seed, buildId: null, users, differences },
    models: models.map((model) => ({ ...model, coverage: {} })),
    facts: [
      ['new', `${whole(newMovies)} movies taken out whole, ratings and texts`],
      ['predicted', `${whole(ratings)} ratings`],
      ...filesRead(files),
    ],
    ...{ card: null, stars: null, examination: null },
  }
}

/** What was found of predicted stars by a protocol. */
export function starsFindings(report: StarsReport, commandLine: string): Findings {
  const { protocol, seed, folds, files, ...stars } = report
  const { users, models, overBaseline } = stars
  return {
    ...{ name: nameOf(protocol), protocol, command: commandLine, seed, buildId: null, users },
    models: models.map((model) => ({ ...model, coverage: {} })),
    differences: [{ a: models[0]!.name, b: 'userAndMovieMean', metrics: overBaseline }],
    facts: [
      ['predicted', `${whole(stars.ratings)} ratings`],
      ...folds.map(({ factors, learnedFrom, ratings, rmse }, at): [string, string] => [
        `fold ${at + 1}`,
        `RMSE ${rmse.toFixed(4)} of ${whole(ratings)} ratings, learned from ${whole(learnedFrom)} with ${factors} factors`,
      ]),
      ...filesRead(files),
    ],
    ...{ card: null, stars, examination: null },
  }
}

/** `ml-1m-5-fold: five folds of …` is known as `ml-1m-5-fold`. */
function nameOf(protocol: string): string {
  return protocol.split(/[:;]/)[0]!
}

function filesRead(files: readonly SourceReport[]): [string, string][] {
  return files.map(({ file, rowsKept, sha256 }) => [
    `file ${file}`,
    `${whole(rowsKept)} rows, SHA-256 ${sha256.slice(0, 16)}…`,
  ])
}

function whole(count: number): string {
  return count.toLocaleString('en')
}
