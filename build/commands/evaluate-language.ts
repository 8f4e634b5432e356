import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ArtifactError } from '#core/format/open-table.ts'
import type { Config } from '#core/schemas/config.ts'
import type { LabelledQuery } from '#core/schemas/labelled-query.ts'
import { ConfigError, whyUnreadable } from '../config/load-config.ts'
import {
  type AnswersReport,
  builtModel,
  judgeAnswers,
  judgeLanguage,
  LabelError,
  type LanguageReport,
  openParser,
  readLabelledQueries,
  readPrompts,
  type Score,
  SLOTS,
  type Slot,
} from '../evaluate/index.ts'
import type { StepHandles } from '../io/handles.ts'
import { table } from '../io/table.ts'
import { type ConfigFlags, configOf, type Surroundings, writeJson } from './index.ts'
import { noteFiles } from './run-notes.ts'
import { tracked } from './tracked.ts'

export interface EvaluateLanguageFlags extends ConfigFlags {
  language?: boolean
  queries?: string
  model?: string
  json?: string
  /** as it was typed */
  commandLine?: string
}

/** Labelled queries of this repository, by how they were used: rules were written on the first, the second only tested. */
const BUNDLED = ['development', 'test']
const QUERIES = join(import.meta.dirname, '../../prompts/queries')
/** Misses that a table shows; the JSON has all. */
const MISSES_SHOWN = 20
const NOT_WITH_LANGUAGE = ['train', 'valid', 'test', 'protocol', 'input', 'k', 'report', 'leaderboard', 'examine']

/** Whether the command line is about language; flags that go with it alone are told so. */
export function asksForLanguage({ language, queries, model }: EvaluateLanguageFlags): boolean {
  return [language, queries, model].some((flag) => flag !== undefined)
}

/** How well the deterministic parser understands labelled queries, and whether the answers keep to them. */
export async function evaluateLanguageCommand(flags: EvaluateLanguageFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  for (const other of ['queries', 'model'] as const)
    if (flags[other] !== undefined && flags.language !== true)
      throw new ConfigError(`--${other}: found no --language beside it`)
  const other = NOT_WITH_LANGUAGE.find((flag) => flag in flags)
  if (other) throw new ConfigError(`--language: found --${other} beside it; it judges queries, not lists`)
  const config = configOf(flags, cwd, {})
  const files =
    flags.queries === undefined ? BUNDLED.map((name) => join(QUERIES, `${name}.jsonl`)) : [resolve(cwd, flags.queries)]
  const parts = await Promise.all(files.map(readPart))
  const judged = async (handles: StepHandles) => {
    const { folder, opened } = await openedModel(flags, config, surroundings, handles)
    const { model: served, lexicon, parse, titles } = opened
    const judge = (queries: LabelledQuery[]) => judgeLanguage(queries, parse, titles)
    const queries = parts.flatMap((part) => part.queries)
    return {
      model: basename(join(folder, '..')),
      report: judge(queries),
      scores: parts.map(({ name, queries }) => ({ name, ...scoreOf(judge(queries)) })),
      answers: await judgeAnswers(queries, served, lexicon, readPrompts()),
    }
  }
  await tracked(
    { kind: 'evaluate', config, commandLine: flags.commandLine ?? '' },
    surroundings,
    judged,
    async ({ model, report, scores, answers }, run) => {
      stdout.write(`${summaryOf(report, scores)}\n\n${answersTable(answers)}\n\nmodel ${model}\n`)
      if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), { model, parts: scores, ...report, answers })
      run.note({ buildId: model, params: { protocol: 'language', queries: report.queries } })
      run.metrics({ 'language.f1': report.f1, 'language.exact': report.exact })
      noteFiles(run, flags, cwd)
    },
  )
}

interface Opened {
  folder: string
  opened: Awaited<ReturnType<typeof openParser>>
}

/** The model asked for, else the one built last; where there is none that this code can read, one is built. */
async function openedModel(
  flags: EvaluateLanguageFlags,
  config: Config,
  surroundings: Surroundings,
  handles: StepHandles,
): Promise<Opened> {
  const newest = await builtModel(config.project.artifacts, flags.model)
  try {
    if (newest !== null) return { folder: newest, opened: await openParser(newest) }
  } catch (error) {
    if (flags.model !== undefined || !(error instanceof ArtifactError || error instanceof SyntaxError)) throw error
  }
  handles.log.info('no model that this code can read was built yet: building one')
  const openStore = () => surroundings.openStore({})
  const { folder } = await surroundings.build({ config, until: 'export', handles, openStore })
  return { folder: join(folder, 'model'), opened: await openParser(join(folder, 'model')) }
}

/** What the answers to all queries broke or said without ground; all of it should be 0. */
function answersTable({
  movies,
  brokenWishes,
  brokenLabels,
  explanations,
  ungrounded,
  hostile,
}: AnswersReport): string {
  return table(
    ['answers', '', 'of'],
    [
      ['movies that break a wish that was understood', String(brokenWishes), String(movies)],
      ['movies that break a label, where no wish was given up', String(brokenLabels), String(movies)],
      ['explanations that say what no fact does', String(ungrounded), String(explanations)],
      [
        'a hostile language model: answers that it broke, or that leak a prompt',
        String(hostile.unsafe),
        String(hostile.queries),
      ],
      ['a hostile language model: its sentences that were sent', String(hostile.ungrounded), String(hostile.queries)],
    ],
  )
}

async function readPart(file: string): Promise<{ name: string; queries: LabelledQuery[] }> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new LabelError(`${file}: ${cause.code === 'ENOENT' ? 'found no such file' : whyUnreadable(cause)}`, { cause })
  })
  return { name: basename(file, '.jsonl'), queries: readLabelledQueries(text, file) }
}

function scoreOf({ queries, exact, f1 }: Score): Score {
  return { queries, exact, f1 }
}

function summaryOf(report: LanguageReport, parts: (Score & { name: string })[]): string {
  const digits = (value: number) => value.toFixed(3)
  const scoreRow = (name: string, { queries, exact, f1 }: Score) => [name, String(queries), digits(f1), digits(exact)]
  const slots = Object.entries(report.slots) as [Slot, NonNullable<LanguageReport['slots'][Slot]>][]
  const titles = report.unknownTitles.map(({ title, text }) => `  ${title}, of “${text}”`)
  const misses = report.misses.slice(0, MISSES_SHOWN).map(({ text, expected, found }) => {
    const slotsOf = Object.keys(expected) as Slot[]
    const told = slotsOf.map((slot) => `${slot} ${listOf(expected[slot])}, found ${listOf(found[slot])}`)
    return `  ${text}\n    ${told.join('; ')}`
  })
  const more = report.misses.length - misses.length
  return [
    table(
      ['slot', 'precision', 'recall', 'F1', 'values'],
      slots.map(([slot, { precision, recall, f1, support }]) => [
        SLOTS.some((judged) => judged === slot) ? slot : `${slot} (where labelled)`,
        ...[precision, recall, f1].map(digits),
        String(support),
      ]),
    ),
    table(
      ['tag', 'queries', 'F1', 'exact'],
      Object.entries(report.byTag).map(([tag, score]) => scoreRow(tag, score)),
    ),
    table(
      ['part', 'queries', 'F1', 'exact'],
      [...(parts.length > 1 ? parts : []).map((part) => scoreRow(part.name, part)), scoreRow('all', report)],
    ),
    ...(misses.length > 0 ? [`not as expected:\n${misses.join('\n')}${more > 0 ? `\n  and ${more} more` : ''}`] : []),
    ...(titles.length > 0 ? [`titles that the catalogue lacks, not judged:\n${titles.join('\n')}`] : []),
  ].join('\n\n')
}

function listOf(values: string[] | undefined): string {
  return values === undefined || values.length === 0 ? '–' : values.join(', ')
}
