import type { Model } from '#core/model.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { Receipt, WishName } from '#core/schemas/query.ts'
import { tokens, words } from '#core/text/analyse.ts'
import { matchedTerms, type QueryCandidate, type QueryRanking } from './rank.ts'

const MAX_TERMS = 4
/** Part of a movie's score from which likeness to a named movie is told. */
const LIKENESS_TOLD_FROM = 0.1

/** What of the query a movie satisfies, and the fact by which it does. */
export function receiptOf(
  { itemIndex, score, shares }: QueryCandidate,
  intent: Intent,
  { sought, satisfying }: Pick<QueryRanking, 'sought' | 'satisfying'>,
  { catalog, content }: Model,
): Receipt {
  const keeps = (wish: WishName) => satisfying.kept.includes(wish)
  const genres = catalog.genres(itemIndex)
  const matched = shares.terms > 0 ? matchedTerms(itemIndex, sought, content) : []
  const terms = saidTerms(
    matched.filter(({ mood }) => mood === null).map(({ term }) => term),
    intent,
  )
  const moods = intent.moods
    .map((mood) => ({ mood, signs: matched.filter((sign) => sign.mood === mood).map(({ term }) => term) }))
    .filter(({ signs }) => signs.length > 0)
    .map(({ mood, signs }) => ({ mood, signs: signs.slice(0, MAX_TERMS) }))
  const without = [
    ...(keeps('avoidGenres') ? intent.avoidGenres : []),
    ...(keeps('avoidPeople') ? intent.avoidPeople : []),
  ]
  return {
    ...(keeps('genres') && { genres: intent.mustGenres.filter((name) => genres.includes(name)) }),
    ...(keeps('people') && { people: intent.people }),
    ...(keeps('years') && { year: catalog.years[itemIndex]! }),
    ...(keeps('runtime') && { runtime: catalog.runtimes[itemIndex]! }),
    ...(keeps('originalLanguage') && { originalLanguage: intent.originalLanguage! }),
    ...(without.length > 0 && { without }),
    ...(shares.similar > LIKENESS_TOLD_FROM * score && { similarTo: intent.similarTitles.map(({ title }) => title) }),
    ...(terms.length > 0 && { terms: terms.slice(0, MAX_TERMS) }),
    ...(moods.length > 0 && { moods }),
  }
}

/** Of what the texts have, what the query asks for in its own words: of `time travel` both, or the whole as a keyword. */
function saidTerms(matched: readonly string[], { keywords }: Intent): string[] {
  const has = new Set(matched)
  return keywords.filter((keyword) => {
    const parts = tokens(keyword)
    return has.has(words(keyword).join(' ')) || (parts.length > 0 && parts.every((part) => has.has(part)))
  })
}
