import type { QueryLexicon } from '#core/query/lexicon.ts'
import { parseQuery } from '#core/query/parse-query.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { ParseReply } from '#core/schemas/llm.ts'
import { words } from '#core/text/analyse.ts'
import type { Llm, LlmFailure, Prompts } from '../handles.ts'
import { parseCall } from '../prompts/parse.ts'
import { sanitize } from '../prompts/sanitize.ts'

const MAX_MOODS = 4
const MAX_KEYWORDS = 8
const MAX_KEYWORD_LENGTH = 40
/** Genres that are taken on the model's word alone, where the rules found none. */
const MAX_NEW_GENRES = 2

/** Without one of these nobody refused anything, whatever the model says. */
const REFUSALS = new Set(
  'not no non without except nothing never less avoid khong dung tru tranh chang cha ngoai bot'.split(' '),
)
const SPEAKS_OF_TIME =
  /\d|thap nien|thap ky|nineties|eighties|seventies|sixties|fifties|twenties|thirties|forties|hour|tieng|phut/

type Bound = number | null

export interface Understood {
  intent: Intent
  by: 'rules' | 'model' | 'request'
  /** why the model, which was asked, gave nothing of use */
  failure: LlmFailure | null
}

/**
 * What a query asks for. The rules always read it; where there is a language model it reads it too, and adds what the rules
 * can verify. Rules and model are asked in one go, so that a slow model costs its deadline and no more.
 * @param thisYear what “last year” counts from
 */
export async function understand(
  text: string,
  genres: readonly string[],
  lexicon: QueryLexicon,
  llm: Llm,
  prompts: Prompts,
  thisYear: number,
): Promise<Understood> {
  const rules = parseQuery(text, lexicon, { thisYear })
  if (!llm.isOn) return { intent: rules, by: 'rules', failure: null }
  const reply = await llm.json(parseCall(prompts.parse, text, genres))
  if (!reply.ok) return { intent: rules, by: 'rules', failure: reply.reason }
  return { intent: verified(reply.value, rules, text, lexicon), by: 'model', failure: null }
}

/**
 * The rules' reading, with what the model adds as far as the query bears it out. What is a filter needs proof: titles and
 * people must stand in the query and in the catalogue; years, running times and refusals must be spoken of; a genre counts
 * where the rules found none. What only orders, moods and keywords, is taken as it comes. So a model that makes things up
 * can make a list odd, and never break a wish.
 */
export function verified(reply: ParseReply, rules: Intent, text: string, lexicon: QueryLexicon): Intent {
  const said = words(text)
  const stands = (phrase: string) => words(phrase).length > 0 && spaced(said).includes(spaced(words(phrase)))
  const readAgain = (phrases: string[], as: (phrase: string) => string) =>
    phrases.filter(stands).map((phrase) => parseQuery(as(phrase), lexicon))
  const titles = readAgain(reply.similar_titles, (title) => `like "${title}"`)
  const people = readAgain(reply.people, (name) => `starring ${name}`)

  const refused = said.some((word) => REFUSALS.has(word)) ? reply.avoid_genres : []
  const avoidGenres = distinct([...rules.avoidGenres, ...refused.filter((name) => !rules.mustGenres.includes(name))])
  const isFree = rules.mustGenres.length === 0 && rules.avoidGenres.length === 0
  const wanted = isFree ? reply.must_genres.filter((name) => !avoidGenres.includes(name)) : []
  const speaksOfTime = SPEAKS_OF_TIME.test(said.join(' '))
  const bounds = (from: Bound, to: Bound, toldFrom: Bound = null, toldTo: Bound = null): [Bound, Bound] =>
    from !== null || to !== null || !speaksOfTime ? [from, to] : inOrder(toldFrom, toldTo)
  const [yearFrom, yearTo] = bounds(rules.yearFrom, rules.yearTo, reply.year_from, reply.year_to)
  const [runtimeFrom, runtimeTo] = bounds(rules.runtimeFrom, rules.runtimeTo, reply.runtime_from, reply.runtime_to)
  return {
    ...rules,
    mustGenres: [...rules.mustGenres, ...wanted.slice(0, MAX_NEW_GENRES)],
    avoidGenres,
    moods: distinct([...rules.moods, ...reply.mood]).slice(0, MAX_MOODS),
    keywords: distinct(
      [...rules.keywords, ...reply.keywords.map((word) => sanitize(word, MAX_KEYWORD_LENGTH))].filter(Boolean),
      (word) => words(word).join(' '),
    ).slice(0, MAX_KEYWORDS),
    similarTitles: distinct(
      [...rules.similarTitles, ...titles.flatMap((read) => read.similarTitles)],
      (title) => title.movieId,
    ),
    people: distinct([...rules.people, ...people.flatMap((read) => read.people)], (name) =>
      words(name).join(' '),
    ).filter((name) => !rules.avoidPeople.includes(name)),
    yearFrom,
    yearTo,
    runtimeFrom,
    runtimeTo,
  }
}

function inOrder(from: Bound, to: Bound): [Bound, Bound] {
  return from !== null && to !== null && from > to ? [to, from] : [from, to]
}

/** The first of those with the same key. */
function distinct<Entry>(entries: Entry[], keyOf: (entry: Entry) => unknown = (entry) => entry): Entry[] {
  const met = new Set<unknown>()
  return entries.filter((entry) => !met.has(keyOf(entry)) && met.add(keyOf(entry)))
}

function spaced(parts: string[]): string {
  return ` ${parts.join(' ')} `
}
