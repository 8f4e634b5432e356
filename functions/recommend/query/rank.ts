import type { ContentIndex } from '#core/format/content.ts'
import { type History, historyOf, seenItems } from '#core/history.ts'
import type { BlendedBest } from '#core/kernels/serve.ts'
import type { Model } from '#core/model.ts'
import type { Rung } from '#core/schemas/api.ts'
import { SOURCES, type Source } from '#core/schemas/config.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { QueryOptions, QueryShares } from '#core/schemas/query.ts'
import { profileScores } from '#core/scoring/content-scores.ts'
import { neighbourScores } from '#core/scoring/neighbour-scores.ts'
import { topK } from '#core/scoring/top-k.ts'
import { farthestFromZero, type Normalizers } from '../blend.ts'
import { blockedItems } from '../constraints.ts'
import { behind } from '../page.ts'
import { tasteOf } from '../retrieve.ts'
import { likenessTo } from '../similar.ts'
import { type SoughtTerms, soughtTerms } from './sought-terms.ts'
import { type Viewer, viewerOf } from './viewer.ts'
import { type Satisfying, satisfying } from './wishes.ts'

/**
 * How much each part counts where it speaks; of those that do, the sum is made 1. A movie that is named is heard before who asks,
 * and popularity tells the known from the obscure among what fits equally. By hand, but for `similar`, which viewers' tags
 * chose (`scripts/bench/query-tags.ts`).
 */
const PART_WEIGHTS: QueryShares = { similar: 1.2, terms: 0.35, taste: 0.35, popularity: 0.25 }
/** Of the terms beside a named movie; from 0.65 on a lone sign of a mood, such as “farewell”, outbids likeness. */
const TERMS_BESIDE_TITLES = 0.5
/** What is liked together with the named movies, beside likeness itself. */
const TOGETHER = 0.25
/** Stars of a named movie: it counts as liked. */
const LIKED = 5
/** Part of a movie's score from which the viewer's taste is told. */
const TASTE_TOLD_FROM = 0.15
type Part = keyof QueryShares

/** One voice of a part: a score of every movie, and what it weighs in the list. */
interface Voice {
  part: Part
  scores: Float32Array
  weight: number
  /** which of the viewer's sources it is */
  source?: Source
}

/** A movie of the list, with what each part gave to its score. */
export interface QueryCandidate {
  itemIndex: number
  score: number
  shares: QueryShares
  /** movies of the viewer's history that carried its part of taste most; none where that part is small */
  because: string[]
}

export interface QueryRanking {
  rung: Rung
  candidates: QueryCandidate[]
  sought: SoughtTerms
  satisfying: Satisfying
  /** more movies satisfy the wishes than these and the shown ones */
  hasMore: boolean
}

/**
 * The movies that satisfy a query's wishes, by how much they are like the movies it names, about what it says, to the
 * viewer's taste, and popular. Every voice is taken in parts of its score farthest from 0 of an allowed movie. Synchronous, as
 * `recommend` is.
 * @param k candidates wanted
 * @param shown items of the pages before
 * @throws {UnknownNameError} for a genre of the options that no movie has
 */
export function rankForQuery(
  intent: Intent,
  history: History,
  options: QueryOptions,
  k: number,
  model: Model,
  shown: Int32Array = new Int32Array(0),
): QueryRanking {
  const titles = intent.similarTitles
    .map(({ movieId }) => model.catalog.itemIndexOf(movieId))
    .filter((item) => item >= 0)
  const seen = Int32Array.from([...seenItems(history), ...titles])
  const satisfied = satisfying(intent, blockedItems(model, seen, options), model, options.strict)
  const { blocked } = satisfied
  const sought = soughtTerms(intent, model.content)
  // likeness before taste: the reasons of taste need the kernels as taste leaves them
  const voices = titles.length > 0 ? voicesOfTitles(titles, model) : []
  voices.push(...voicesOfTerms(sought, titles.length > 0 ? TERMS_BESIDE_TITLES : PART_WEIGHTS.terms, model))
  const viewer = viewerOf(history, model, true)
  if (viewer) voices.push(...voicesOfViewer(viewer))
  voices.push({ part: 'popularity', scores: model.catalog.popularity, weight: PART_WEIGHTS.popularity })

  const { best, scales } = bestBy(voices, blocked, k + shown.length + 1, model)
  const { list, hasMore } = behind(best, shown, k)
  const normalizers = Object.fromEntries(SOURCES.map((source) => [source, 0])) as Normalizers
  for (const [at, { source, weight }] of voices.entries()) if (source) normalizers[source] = scales[at]! / weight
  const candidates = list.map(({ itemIndex, score }): QueryCandidate => {
    const shares: QueryShares = { similar: 0, terms: 0, taste: 0, popularity: 0 }
    for (const [at, { part, scores }] of voices.entries()) shares[part] += scales[at]! * scores[itemIndex]!
    return { itemIndex, score, shares, because: [] }
  })
  if (viewer) {
    const toTaste = candidates.filter(({ score, shares }) => shares.taste > TASTE_TOLD_FROM * score)
    const items = toTaste.map(({ itemIndex }) => itemIndex)
    for (const [at, because] of viewer.because(items, normalizers, intent.language).entries())
      toTaste[at]!.because = because
  }
  return { rung: rungOf(voices, satisfied), candidates, sought, satisfying: satisfied, hasMore }
}

/**
 * The best by Σ weight · score / the voice's score farthest from 0, both of the movies that may be answered.
 * @returns also what each voice's scores are multiplied with
 */
function bestBy(
  voices: readonly Voice[],
  blocked: Uint8Array,
  k: number,
  { kernels }: Model,
): { best: { itemIndex: number; score: number }[]; scales: number[] } {
  const sum = voices.reduce((total, { weight }) => total + weight, 0)
  const weights = voices.map(({ weight }) => weight / sum)
  const rows = voices.map(({ scores }) => scores)
  const found = kernels.blendBest(rows, weights, blocked, k) ?? bestByLoops(rows, weights, blocked, k)
  return {
    best: Array.from(found.items, (itemIndex, position) => ({ itemIndex, score: found.scores[position]! })),
    scales: weights.map((weight, at) => weight / found.farthest[at]!),
  }
}

/** The same for a list that is longer than the kernels have room for. */
function bestByLoops(rows: Float32Array[], weights: number[], blocked: Uint8Array, k: number): BlendedBest {
  const farthest = rows.map((row) => farthestFromZero(row, blocked))
  const scores = Float64Array.from(blocked, (flag, item) =>
    flag === 1 ? Number.NaN : rows.reduce((sum, row, at) => sum + (weights[at]! / farthest[at]!) * row[item]!, 0),
  )
  return { ...topK(scores, k), farthest }
}

/** Terms of the query that a movie's texts have, weightiest first. Its genres are told elsewhere. */
export function matchedTerms(
  itemIndex: number,
  { weightOf, moodOf }: Pick<SoughtTerms, 'weightOf' | 'moodOf'>,
  content: ContentIndex,
): MatchedTerm[] {
  const matched: (MatchedTerm & { weight: number })[] = []
  for (let entry = content.offsets[itemIndex]!; entry < content.offsets[itemIndex + 1]!; entry++) {
    const term = content.termIndices[entry]!
    const weight = (weightOf.get(term) ?? 0) * content.weights[entry]!
    const name = weight > 0 ? content.term(term) : ''
    if (name !== '' && !name.startsWith('genre:'))
      matched.push({ term: name.slice(name.indexOf(':') + 1), mood: moodOf.get(term) ?? null, weight })
  }
  matched.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
  return matched.map(({ term, mood }) => ({ term, mood }))
}

export interface MatchedTerm {
  term: string
  /** of which it is a sign; null: it was asked for itself */
  mood: string | null
}

/**
 * How much every movie is like the named ones: who likes it, what its texts say, and half as loud what is liked together with
 * them. What is taken up next after them is no likeness: `scripts/bench/query-tags.ts` has the numbers.
 */
function voicesOfTitles(titles: readonly number[], model: Model): Voice[] {
  const likeness = titles.map((title) => likenessTo(title, model))
  const named = historyOf(titles.map((itemIndex) => ({ itemIndex, rating: LIKED, timestamp: 0 })))
  const { likesWithNeighbours, neighbourStrengths } = tasteOf(named, model)
  const byPeople = likeness.map(({ cf }) => cf).filter((cf) => cf !== null)
  const byTexts = likeness.map(({ content }) => content)
  const likes = byPeople.length > 0 ? [sumOf(byPeople), sumOf(byTexts)] : [sumOf(byTexts)]
  const together =
    likesWithNeighbours.length > 0 ? [neighbourScores(model.neighbours, likesWithNeighbours, neighbourStrengths)] : []
  const whole = PART_WEIGHTS.similar / (1 + TOGETHER * together.length)
  return [
    ...likes.map((scores): Voice => ({ part: 'similar', scores, weight: whole / likes.length })),
    ...together.map((scores): Voice => ({ part: 'similar', scores, weight: TOGETHER * whole })),
  ]
}

function voicesOfTerms({ profile }: SoughtTerms, weight: number, { content }: Model): Voice[] {
  if (profile.terms.length === 0) return []
  return [{ part: 'terms', scores: profileScores(content, profile), weight }]
}

/** The sources of the viewer's own blend, but for popularity, which has a voice already. */
function voicesOfViewer({ sources, weights }: Viewer): Voice[] {
  return SOURCES.flatMap((source): Voice[] => {
    const scores = sources[source]
    const weight = PART_WEIGHTS.taste * weights[source]
    return scores && weight > 0 && source !== 'popularity' ? [{ part: 'taste', scores, weight, source }] : []
  })
}

/** The first row with the others added to it. */
function sumOf([first, ...others]: Float32Array[]): Float32Array {
  const sum = first!
  for (const row of others) for (let item = 0; item < sum.length; item++) sum[item]! += row[item]!
  return sum
}

function rungOf(voices: readonly Voice[], { kept }: Satisfying): Rung {
  const speaks = (part: Part) => voices.some((voice) => voice.part === part)
  if (speaks('taste')) return 'personalized'
  if (speaks('similar') || speaks('terms')) return 'content'
  return kept.includes('genres') ? 'genrePopularity' : 'popularity'
}
