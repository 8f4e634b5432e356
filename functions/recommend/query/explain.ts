import { TERMS_IN_VIETNAMESE } from '#core/query/terms-in-vietnamese.ts'
import type { Intent, Mood } from '#core/schemas/intent.ts'
import { GENRES_IN_VIETNAMESE, MOODS_IN_VIETNAMESE } from '#core/text/vietnamese.ts'
import type { Facts } from './facts.ts'

const MAX_NAMES = 2

/** Words of one language; what is put in is a fact. */
interface Words {
  and: string
  genre(name: string): string
  mood(name: Mood): string
  /** a word of the texts */
  term(name: string): string
  like(titles: string): string
  about(what: string, terms: string): string
  movie(genres: string, year: number | null): string
  by(movie: string, people: string): string
  with(movie: string, people: string): string
  feels(mood: string, signs: string): string
  taste(titles: string): string
  stars(mean: string, ratings: number): string
}

const ENGLISH: Words = {
  and: 'and',
  genre: (name) => name,
  mood: (name) => name,
  term: (name) => `“${name}”`,
  like: (titles) => `Like ${titles}`,
  about: (what, terms) => `${what}, with ${terms}`,
  movie: (genres, year) => `${genres === '' ? 'A movie' : genres}${year === null ? '' : ` from ${year}`}`,
  by: (movie, people) => `${movie} by ${people}`,
  with: (movie, people) => `${movie} with ${people}`,
  feels: (mood, signs) => `What makes it ${mood}: ${signs}`,
  taste: (titles) => `It suits your taste for ${titles}`,
  stars: (mean, ratings) => `${mean} stars from ${ratings} ${ratings === 1 ? 'rating' : 'ratings'}`,
}

const VIETNAMESE: Words = {
  and: 'và',
  genre: (name) => GENRES_IN_VIETNAMESE[name] ?? name,
  mood: (name) => MOODS_IN_VIETNAMESE[name],
  term: (name) => TERMS_IN_VIETNAMESE.get(name) ?? `“${name}”`,
  like: (titles) => `Giống ${titles}`,
  about: (what, terms) => `${what}, có nhắc đến ${terms}`,
  movie: (genres, year) => `Phim${genres === '' ? '' : ` ${genres}`}${year === null ? '' : ` năm ${year}`}`,
  by: (movie, people) => `${movie} của ${people}`,
  with: (movie, people) => `${movie}, có ${people} đóng`,
  feels: (mood, signs) => `Nét ${mood}: ${signs}`,
  taste: (titles) => `Hợp với người thích ${titles} như bạn`,
  stars: (mean, ratings) => `${mean.replace('.', ',')} sao qua ${ratings} lượt đánh giá`,
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

function whatItIs({ genres, year, receipt, directedBy }: Facts, words: Words): string {
  const named = (receipt.genres?.length ? receipt.genres : genres).slice(0, MAX_NAMES).map(words.genre)
  const movie = words.movie(named.join(', '), year)
  const subject = receipt.similarTo
    ? words.like(listed(receipt.similarTo, words))
    : credited(movie, directedBy, receipt.people ?? [], words)
  return receipt.terms ? words.about(subject, told(receipt.terms, words)) : subject
}

function credited(movie: string, directedBy: readonly string[], people: readonly string[], words: Words): string {
  const directors = people.filter((name) => directedBy.includes(name))
  const cast = people.filter((name) => !directedBy.includes(name))
  const directed = directors.length > 0 ? words.by(movie, listed(directors, words)) : movie
  return cast.length > 0 ? words.with(directed, listed(cast, words)) : directed
}

/** The first of: a mood's signs, the viewer's taste, the stars it has. */
function whatElse({ receipt, because, meanRating, numRatings }: Facts, words: Words): string | null {
  const felt = receipt.moods?.[0]
  if (felt) return words.feels(words.mood(felt.mood as Mood), told(felt.signs.slice(0, MAX_NAMES), words))
  if (because.length > 0) return words.taste(listed(because, words))
  return meanRating === null ? null : words.stars(meanRating, numRatings)
}

function listed(names: readonly string[], { and }: Words): string {
  return names.slice(0, MAX_NAMES).join(` ${and} `)
}

/** Words of texts: in another language than the texts' where they are known in it, else quoted. */
function told(terms: readonly string[], { term }: Words): string {
  return [...new Set(terms.map(term))].join(', ')
}
