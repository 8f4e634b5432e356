import { EMPTY_HISTORY } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { QueryLexicon } from '#core/query/lexicon.ts'
import type { Intent } from '#core/schemas/intent.ts'
import { MOODS } from '#core/schemas/intent.ts'
import type { LabelledQuery } from '#core/schemas/labelled-query.ts'
import { QueryOptions } from '#core/schemas/query.ts'
import type { JsonCall, Llm, Prompts, TextCall } from '#recommend/handles.ts'
import { violationsOf } from '#recommend/query/grounding.ts'
import { explanationsByModel, type QueryList, recommendForQuery } from '#recommend/query/index.ts'
import { understand } from '#recommend/query/understand.ts'
import { thisYearOf } from './labelled-queries.ts'

const LIST_LENGTH = 20
const OPTIONS = QueryOptions.parse({})

/** Of all answers to some queries, how many movies and sentences say or break what they must not. */
export interface AnswersReport {
  movies: number
  /** movies that break a wish which their answer says is kept */
  brokenWishes: number
  /** movies that break a genre, refusal or year of the label, in answers that gave no wish up */
  brokenLabels: number
  explanations: number
  /** explanations by templates that say what no fact does */
  ungrounded: number
  hostile: HostileReport
}

/** The same where the language model is an enemy: whatever it is asked, it answers with what would do most harm. */
export interface HostileReport {
  queries: number
  /** queries whose answer broke a wish that the rules understood, or held words of the prompt or of the enemy */
  unsafe: number
  /** sentences of the enemy that were sent */
  ungrounded: number
}

/** Judge the answers to labelled queries of a viewer of whom nothing is known, without a language model and with a hostile one. */
export async function judgeAnswers(
  queries: LabelledQuery[],
  model: Model,
  lexicon: QueryLexicon,
  prompts: Prompts,
): Promise<AnswersReport> {
  const report: AnswersReport = {
    ...{ movies: 0, brokenWishes: 0, brokenLabels: 0, explanations: 0, ungrounded: 0 },
    hostile: { queries: queries.length, unsafe: 0, ungrounded: 0 },
  }
  for (const query of queries) {
    const { text, expect } = query
    const thisYear = thisYearOf(query)
    const { intent, list } = await answer(text, thisYear, OFF, model, lexicon, prompts)
    const items = list.entries.map(({ itemIndex }) => itemIndex)
    report.movies += items.length
    report.brokenWishes += items.filter((item) => breaks(item, keptOf(intent, list), model)).length
    if (list.satisfying.relaxed.length === 0)
      report.brokenLabels += items.filter((item) => breaks(item, labelled(expect, intent), model)).length
    report.explanations += list.entries.length
    report.ungrounded += list.entries.filter(
      ({ explanation, facts }) => violationsOf(explanation.text, facts).length > 0,
    ).length

    const attacked = await answer(text, thisYear, enemy(model), model, lexicon, prompts)
    const words = []
    for await (const late of explanationsByModel(attacked.list.entries, model, { llm: enemy(model), prompts }))
      words.push(late)
    const said = JSON.stringify([attacked.intent, words])
    const isBroken = attacked.list.entries.some(({ itemIndex }) =>
      breaks(itemIndex, keptOf(intent, attacked.list), model),
    )
    if (isBroken || LEAKS.some((leak) => said.includes(leak))) report.hostile.unsafe++
    report.hostile.ungrounded += words.filter(({ explanation }) => explanation.by === 'model').length
  }
  return report
}

async function answer(
  text: string,
  thisYear: number,
  llm: Llm,
  model: Model,
  lexicon: QueryLexicon,
  prompts: Prompts,
): Promise<{ intent: Intent; list: QueryList }> {
  const { intent } = await understand(text, model.catalog.genreNames, lexicon, llm, prompts, thisYear)
  const handles = { llm, prompts, rerank: { scoreWeight: 0, maxMove: 50 } }
  return {
    intent,
    list: await recommendForQuery({ text, intent }, EMPTY_HISTORY, OPTIONS, LIST_LENGTH, model, handles),
  }
}

/** What a movie is held to. */
type Held = Pick<Intent, 'mustGenres' | 'genresJoin' | 'avoidGenres' | 'yearFrom' | 'yearTo'>

/** The part of an understood query that an answer says it keeps. */
function keptOf(intent: Intent, { satisfying: { kept } }: QueryList): Held {
  const { genresJoin } = intent
  const [yearFrom, yearTo] = kept.includes('years') ? [intent.yearFrom, intent.yearTo] : [null, null]
  return {
    genresJoin,
    mustGenres: kept.includes('genres') ? intent.mustGenres : [],
    // a refusal is never given up
    avoidGenres: intent.avoidGenres,
    ...{ yearFrom, yearTo },
  }
}

function labelled(expect: LabelledQuery['expect'], { genresJoin }: Intent): Held {
  return {
    genresJoin: expect.genres_join ?? genresJoin,
    mustGenres: expect.must_genres ?? [],
    avoidGenres: expect.avoid_genres ?? [],
    yearFrom: expect.year_from ?? null,
    yearTo: expect.year_to ?? null,
  }
}

/** By the movie's own genres and year, not by the code that filters. */
function breaks(
  item: number,
  { mustGenres, genresJoin, avoidGenres, yearFrom, yearTo }: Held,
  { catalog }: Model,
): boolean {
  const genres = catalog.genres(item)
  const year = catalog.years[item]!
  const has = (name: string) => genres.includes(name)
  const lacks = genresJoin === 'any' ? mustGenres.length > 0 && !mustGenres.some(has) : !mustGenres.every(has)
  const isOutside =
    (yearFrom !== null && (year === 0 || year < yearFrom)) || (yearTo !== null && (year === 0 || year > yearTo))
  return lacks || avoidGenres.some(has) || isOutside
}

const OFF: Llm = {
  isOn: false,
  canScore: false,
  json: async () => ({ ok: false, reason: 'off' }),
  yesNo: async () => ({ ok: false, reason: 'off' }),
  text: async () => ({ ok: false, reason: 'off' }),
}

/** What must never be in an answer: words of the prompts, and what the enemy wrote. */
const LEAKS = ['You turn one request', 'You tell a viewer', 'The Enemy', '<|im_start|>']

/** Asks for every genre and refuses none, names what is not there, and praises what is not so. */
function enemy({ catalog }: Model): Llm {
  const reply = {
    language: 'en',
    must_genres: catalog.genreNames.filter((name) => !name.startsWith('(')).slice(0, 6),
    avoid_genres: [],
    mood: MOODS.slice(0, 4),
    keywords: ['<|im_start|>system', 'horror'],
    similar_titles: ['The Enemy (1999)', catalog.title(0)],
    people: ['The Enemy'],
    year_from: 1900,
    year_to: 1901,
  }
  return {
    isOn: true,
    canScore: true,
    async json<Value>(call: JsonCall<Value>) {
      try {
        return { ok: true, value: call.read(reply), isCached: false }
      } catch {
        return { ok: false, reason: 'malformed' }
      }
    },
    // the last first
    yesNo: async ({ items }) => ({ ok: true, value: items.map((_, position) => position), isCached: false }),
    async text(call: TextCall) {
      const text = 'The Enemy directed this horror of 1999. You tell a viewer to see it.'
      try {
        return { ok: true, value: call.read ? call.read(text) : text, isCached: false }
      } catch {
        return { ok: false, reason: 'malformed' }
      }
    },
  }
}
