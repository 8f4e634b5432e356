import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { historyOf } from '#core/history.ts'
import { ndcgAtK } from '#core/metrics.ts'
import type { Mood } from '#core/schemas/intent.ts'
import { QueryOptions } from '#core/schemas/query.ts'
import { profileScores } from '#core/scoring/content-scores.ts'
import { MOOD_SIGNS } from '#recommend/query/moods.ts'
import { rankForQuery } from '#recommend/query/rank.ts'
import { soughtTerms } from '#recommend/query/sought-terms.ts'
import { builtModel, openParser } from '../../build/evaluate/index.ts'
import { table } from '../../build/io/table.ts'

/**
 * What is asked for in words against what viewers say: MovieLens' tags of the bundled sample, which no model reads.
 *   node scripts/bench/query-tags.ts [artifacts]
 * Of each mood: how often a movie that a viewer gave a tag of this mood has more of its signs than a tagged movie without (AUC;
 * 0.5 is chance). Of every tag that is a wish in words: NDCG@10 of its movies in the answer to it. Of every movie that has some
 * tags, as a wish for what is like it: NDCG@10 of the others, each gaining the cosine of its tags (idf) with those of the named one.
 */
const TAGS = join(import.meta.dirname, '../../data/sample/ml-latest-small/tags.csv')
/** Movies of a tag, or of a mood, from which it is judged. */
const FEWEST_MOVIES = 5
/** Tags of whoever gave them, and not of the movie; refused moods. */
const OWN_TAGS = /^r:|^not |netflix|imdb|dvd|own|queue/
const CUTOFF = 10
/** Of a movie that is named: its tags, and its ratings. */
const FEWEST_TAGS = 3
const FEWEST_RATINGS = 20
/** Of whoever asks: the best known movies, as liked. */
const LIKES = 10

const folder = await builtModel(resolve(process.argv[2] ?? 'artifacts'), undefined)
if (folder === null) throw new Error('found no model; `npx marquee build --until export` makes one')
const { model, parse } = await openParser(folder)
const { catalog, content } = model

const itemsByTag = new Map<string, Set<number>>()
for (const line of readFileSync(TAGS, 'utf8').split('\n').slice(1)) {
  const [, movieId, quoted] = line.split(',')
  const item = catalog.itemIndexOf(Number(movieId))
  const tag = quoted?.replaceAll('"', '').toLowerCase() ?? ''
  if (item < 0 || tag === '' || OWN_TAGS.test(tag)) continue
  itemsByTag.set(tag, (itemsByTag.get(tag) ?? new Set()).add(item))
}
const tags = [...itemsByTag].map(([tag, items]) => ({ items, intent: parse(tag) }))

const tagged = [...new Set(tags.flatMap(({ items }) => [...items]))]
const moods = (Object.keys(MOOD_SIGNS) as Mood[]).flatMap((mood) => {
  const items = new Set(tags.filter(({ intent }) => intent.moods.includes(mood)).flatMap(({ items }) => [...items]))
  if (items.size < FEWEST_MOVIES) return []
  const scores = profileScores(content, soughtTerms({ keywords: [], moods: [mood] }, content).profile)
  const scoresOf = (isOf: boolean) => tagged.filter((item) => items.has(item) === isOf).map((item) => scores[item]!)
  return [{ mood, movies: items.size, auc: areaUnderCurve(scoresOf(true), scoresOf(false)) }]
})
console.log(
  table(
    ['mood', 'tagged movies', 'AUC'],
    moods.map(({ mood, movies, auc }) => [mood, String(movies), auc.toFixed(3)]),
  ),
)
const movies = moods.reduce((sum, one) => sum + one.movies, 0)
console.log(`all, by movies: ${(moods.reduce((sum, one) => sum + one.auc * one.movies, 0) / movies).toFixed(3)}\n`)

const wishes = tags.filter(
  ({ items, intent: { keywords, moods, similarTitles, people } }) =>
    items.size >= FEWEST_MOVIES && keywords.length + moods.length > 0 && similarTitles.length + people.length === 0,
)
const options = QueryOptions.parse({})
const nobody = historyOf([])
const found = wishes.map(({ items, intent }) => {
  const { candidates } = rankForQuery(intent, nobody, options, CUTOFF, model)
  return ndcgAtK(
    Int32Array.from(candidates, ({ itemIndex }) => itemIndex),
    items,
    CUTOFF,
  )
})
console.log(
  `${wishes.length} tags as wishes: NDCG@${CUTOFF} ${(found.reduce((sum, one) => sum + one, 0) / found.length).toFixed(4)}`,
)

const tagsOf = new Map(tagged.map((item) => [item, tags.filter(({ items }) => items.has(item))]))
const named = tagged.filter(
  (item) => tagsOf.get(item)!.length >= FEWEST_TAGS && catalog.numRatings[item]! >= FEWEST_RATINGS,
)
const bestKnown = Array.from(catalog.popularity.keys()).sort((a, b) => catalog.popularity[b]! - catalog.popularity[a]!)
const viewer = historyOf(bestKnown.slice(0, LIKES).map((itemIndex) => ({ itemIndex, rating: 5, timestamp: 0 })))
const ordinary = parse('')
for (const [who, history] of Object.entries({ nobody, [`who likes the ${LIKES} best known`]: viewer })) {
  const judged = named.flatMap((item) => {
    const similarTitles = [{ movieId: catalog.movieIds[item]!, title: catalog.title(item) }]
    const { candidates } = rankForQuery({ ...ordinary, similarTitles }, history, options, CUTOFF, model)
    const most = gainAt(
      tagged
        .filter((other) => other !== item)
        .map((other) => tagCosine(item, other))
        .sort((a, b) => b - a),
    )
    const gained = gainAt(candidates.map(({ itemIndex }) => tagCosine(item, itemIndex)))
    return most > 0 ? [gained / most] : []
  })
  const mean = judged.reduce((sum, one) => sum + one, 0) / judged.length
  console.log(`like one of ${judged.length} tagged movies, for ${who}: NDCG@${CUTOFF} ${mean.toFixed(4)}`)
}

function gainAt(gains: readonly number[]): number {
  return gains.slice(0, CUTOFF).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0)
}

/** Of the tags of two movies, each worth its idf. */
function tagCosine(a: number, b: number): number {
  const [ofA, ofB] = [tagsOf.get(a) ?? [], tagsOf.get(b) ?? []]
  const squares = (of: typeof ofA) => of.reduce((sum, { items }) => sum + Math.log(tagged.length / items.size) ** 2, 0)
  const shared = squares(ofA.filter((tag) => ofB.includes(tag)))
  return shared === 0 ? 0 : shared / Math.sqrt(squares(ofA) * squares(ofB))
}

/** The share of pairs in which the first has more; a tie is half a one. */
function areaUnderCurve(inside: readonly number[], outside: readonly number[]): number {
  let won = 0
  for (const a of inside) for (const b of outside) won += a > b ? 1 : a === b ? 0.5 : 0
  return won / (inside.length * outside.length)
}
