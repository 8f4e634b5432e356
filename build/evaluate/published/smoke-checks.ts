import { EMPTY_HISTORY, historyOf } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { publishedRows } from '#core/published-rows.ts'
import { openQueryLexicon } from '#core/query/lexicon.ts'
import { parseQuery } from '#core/query/parse-query.ts'
import { QueryOptions } from '#core/schemas/query.ts'
import { GENRES_IN_VIETNAMESE } from '#core/text/vietnamese.ts'
import type { Llm } from '#recommend/handles.ts'
import { rank } from '#recommend/index.ts'
import { recommendForQuery } from '#recommend/query/index.ts'
import { similarMovies } from '#recommend/similar.ts'
import type { SmokeCheck } from '../../nouns.ts'
import { readPrompts } from '../prompts.ts'

/** Movies asked for, fewer where the catalogue has fewer. */
const LIST_LENGTH = 10
/** Users asked about where the card names none. */
const MAX_USERS = 5

/**
 * A few questions to a model, as a Worker is asked them: lists for users whom the card names, and for nobody; one held to a
 * genre and years; a wish in English and in Vietnamese; what is similar to the most rated movie. An error counts as a wrong
 * answer, so that a model that cannot be asked at all is none that may be served.
 * @param exampleUsers of the card; where there are none, the first users
 */
export async function smokeChecks(model: Model, exampleUsers: readonly number[]): Promise<SmokeCheck[]> {
  const users = exampleUsers.length > 0 ? exampleUsers : [...model.userIds.subarray(0, MAX_USERS)]
  const genre = commonestGenre(model, () => true)
  const wished = commonestGenre(model, (name) => name in GENRES_IN_VIETNAMESE)
  const { numRatings } = model.catalog
  const mostRated = numRatings.reduce((best, count, item) => (count > numRatings[best]! ? item : best), 0)
  const checks: SmokeCheck[] = []
  for (const userId of users)
    checks.push(await checked(`a list for user ${userId}`, UNSEEN, () => userProblem(userId, model)))
  checks.push(await checked('a list for somebody new', 'a full list', async () => lengthProblem(listOf(model), model)))
  if (genre !== null) {
    const bounds = `${genre}, from ${yearOf(model, genre)} on`
    checks.push(await checked(`a list of ${bounds}`, 'nothing else in it', async () => boundsProblem(genre, model)))
  }
  // a catalogue of other genres has no wishes of its own to be asked
  if (wished !== null)
    for (const text of [`${wished.toLowerCase()} movies`, `phim ${GENRES_IN_VIETNAMESE[wished]}`])
      checks.push(await checked(`the wish "${text}"`, `movies of ${wished}`, () => wishProblem(text, wished, model)))
  const title = model.catalog.title(mostRated)
  checks.push(
    await checked(`what is similar to ${title}`, 'other movies', async () => similarProblem(mostRated, model)),
  )
  return checks
}

const UNSEEN = 'a full list of movies that the user has not seen'

async function checked(question: string, expected: string, ask: () => Promise<string | null>): Promise<SmokeCheck> {
  const problem = await ask().catch((error: Error) => `${error.name}: ${error.message}`)
  return { question, ok: problem === null, found: problem ?? expected, expected }
}

/** Item indices of the list of a history. */
function listOf(model: Model, history = EMPTY_HISTORY, options = {}): number[] {
  return rank(history, options, LIST_LENGTH, model).blended.map(({ itemIndex }) => itemIndex)
}

async function userProblem(userId: number, model: Model): Promise<string | null> {
  const history = historyOf(await publishedRows(userId, model))
  const list = listOf(model, history)
  const seen = list.filter((item) => history.itemIndices.includes(item))
  if (seen.length > 0) return `${model.catalog.title(seen[0]!)}, which the user has seen`
  return lengthProblem(list, model, model.catalog.numItems - history.itemIndices.length)
}

function lengthProblem(list: readonly number[], model: Model, available = model.catalog.numItems): string | null {
  const wanted = Math.min(LIST_LENGTH, available)
  if (new Set(list).size !== list.length) return 'a list with a movie twice'
  return list.length === wanted ? null : `a list of ${list.length}, with ${wanted} to be had`
}

async function wishProblem(text: string, genre: string, model: Model): Promise<string | null> {
  const intent = parseQuery(text, openQueryLexicon(model))
  if (!intent.mustGenres.includes(genre)) return `understood as ${intent.mustGenres.join(', ') || 'no genre'}`
  const { entries } = await recommendForQuery(
    { text, intent },
    EMPTY_HISTORY,
    QueryOptions.parse({}),
    LIST_LENGTH,
    model,
    { llm: OFF, prompts: readPrompts(), rerank: null },
  )
  if (entries.length === 0) return 'an empty list'
  const other = entries.find(({ itemIndex }) => !model.catalog.genres(itemIndex).includes(genre))
  return other ? `${model.catalog.title(other.itemIndex)}, which is none` : null
}

function boundsProblem(genre: string, model: Model): string | null {
  const { catalog } = model
  const yearFrom = yearOf(model, genre)
  const list = listOf(model, EMPTY_HISTORY, { genres: [genre], yearFrom })
  if (list.length === 0) return 'an empty list'
  const other = list.find((item) => !catalog.genres(item).includes(genre) || catalog.years[item]! < yearFrom)
  return other === undefined ? null : `${catalog.title(other)} of ${catalog.years[other]}`
}

function similarProblem(item: number, model: Model): string | null {
  const similar = similarMovies(item, {}, LIST_LENGTH, model)
  if (similar.length === 0) return 'an empty list'
  return similar.some(({ itemIndex }) => itemIndex === item) ? 'the movie itself' : null
}

/** null where no movie has one; those in brackets say that there is none */
function commonestGenre({ catalog }: Model, isWanted: (name: string) => boolean): string | null {
  const counts = new Map<string, number>()
  for (let item = 0; item < catalog.numItems; item++)
    for (const genre of catalog.genres(item)) counts.set(genre, (counts.get(genre) ?? 0) + 1)
  const named = [...counts].filter(([genre]) => !genre.startsWith('(') && isWanted(genre))
  return named.sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))[0]?.[0] ?? null
}

/** The median of the years of a genre's movies. */
function yearOf({ catalog }: Model, genre: string): number {
  const years = [...catalog.years].filter((_, item) => catalog.genres(item).includes(genre)).sort((a, b) => a - b)
  return years[years.length >> 1] ?? 0
}

const OFF: Llm = {
  isOn: false,
  canScore: false,
  json: async () => ({ ok: false, reason: 'off' }),
  yesNo: async () => ({ ok: false, reason: 'off' }),
  text: async () => ({ ok: false, reason: 'off' }),
}
