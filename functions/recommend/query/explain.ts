import type { Intent, Mood } from '#core/schemas/intent.ts'
import { GENRES_IN_VIETNAMESE, MOODS_IN_VIETNAMESE } from '#core/text/vietnamese.ts'
import type { Facts } from './facts.ts'

const MAX_NAMES = 2

/** Words of one language; what is put in is a fact. */
interface Words {
  and: string
  genre(name: string): string
  mood(name: Mood): string
  like(titles: string): string
  about(what: string, terms: string): string
  movie(genres: string, year: number | null): string
  with(movie: string, people: string): string
  feels(mood: string, signs: string): string
  taste(titles: string): string
  stars(mean: string, ratings: number): string
}

const ENGLISH: Words = {
  and: 'and',
  genre: (name) => name,
  mood: (name) => name,
  like: (titles) => `Like ${titles}`,
  about: (what, terms) => `${what}, with ${terms}`,
  movie: (genres, year) => `${genres === '' ? 'A movie' : genres}${year === null ? '' : ` from ${year}`}`,
  with: (movie, people) => `${movie} with ${people}`,
  feels: (mood, signs) => `What makes it ${mood}: ${signs}`,
  taste: (titles) => `It suits your taste for ${titles}`,
  stars: (mean, ratings) => `${mean} stars from ${ratings} ${ratings === 1 ? 'rating' : 'ratings'}`,
}

const VIETNAMESE: Words = {
  and: 'và',
  genre: (name) => GENRES_IN_VIETNAMESE[name] ?? name,
  mood: (name) => MOODS_IN_VIETNAMESE[name],
  like: (titles) => `Giống ${titles}`,
  about: (what, terms) => `${what}, có ${terms}`,
  movie: (genres, year) => `Phim${genres === '' ? '' : ` ${genres}`}${year === null ? '' : ` năm ${year}`}`,
  with: (movie, people) => `${movie} của ${people}`,
  feels: (mood, signs) => `Nét ${mood} đến từ: ${signs}`,
  taste: (titles) => `Hợp gu của bạn với ${titles}`,
  stars: (mean, ratings) => `${mean} sao từ ${ratings} lượt đánh giá`,
}

const WORDS: Record<Intent['language'], Words> = { en: ENGLISH, vi: VIETNAMESE }

/** One or two sentences from the facts alone: what the movie has of the query, and what else speaks for it. */
export function explainByTemplate(facts: Facts): string {
  const words = WORDS[facts.language]
  return [whatItIs(facts, words), whatElse(facts, words)]
    .filter((sentence) => sentence !== null)
    .map((sentence) => `${sentence}.`)
    .join(' ')
}

function whatItIs({ genres, year, receipt }: Facts, words: Words): string {
  const named = (receipt.genres?.length ? receipt.genres : genres).slice(0, MAX_NAMES).map(words.genre)
  const movie = words.movie(named.join(', '), year)
  const subject = receipt.similarTo
    ? words.like(listed(receipt.similarTo, words))
    : receipt.people
      ? words.with(movie, listed(receipt.people, words))
      : movie
  return receipt.terms ? words.about(subject, quoted(receipt.terms)) : subject
}

/** The first of: a mood's signs, the viewer's taste, the stars it has. */
function whatElse({ receipt, because, meanRating, numRatings }: Facts, words: Words): string | null {
  const felt = receipt.moods?.[0]
  if (felt) return words.feels(words.mood(felt.mood as Mood), quoted(felt.signs.slice(0, MAX_NAMES)))
  if (because.length > 0) return words.taste(listed(because, words))
  return meanRating === null ? null : words.stars(meanRating, numRatings)
}

function listed(names: readonly string[], { and }: Words): string {
  return names.slice(0, MAX_NAMES).join(` ${and} `)
}

/** Words of texts, which are in the language of the texts. */
function quoted(terms: readonly string[]): string {
  return terms.map((term) => `“${term}”`).join(', ')
}
