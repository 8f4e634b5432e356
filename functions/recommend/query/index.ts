import type { History } from '#core/history.ts'
import { likedItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { Degraded } from '#core/schemas/api.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { Explanation, QueryOptions, Receipt } from '#core/schemas/query.ts'
import type { Llm, Prompts } from '../handles.ts'
import type { MovieLine } from '../prompts/rerank.ts'
import { explainByTemplate } from './explain.ts'
import { explainByModel } from './explain-by-model.ts'
import { type Facts, factsOf, withNames } from './facts.ts'
import { MAX_RERANKED, modelOdds } from './model-odds.ts'
import { matchedTerms, type QueryCandidate, type QueryRanking, rankForQuery } from './rank.ts'
import { receiptOf } from './receipt.ts'
import { type RerankSettings, rerankedOrder } from './rerank.ts'

/** Movies that the model may explain: the first ones, which are looked at. */
const MAX_EXPLAINED = 5

/** What the edge fills in. */
export interface QueryHandles {
  llm: Llm
  prompts: Prompts
  /** null: the model does not change orders */
  rerank: RerankSettings | null
}

/** A movie of the answer. */
export interface QueryEntry extends Explained {
  candidate: QueryCandidate
  receipt: Receipt
  explanation: Explanation
  /** rank by score alone, from 0 */
  placeBefore: number
}

export interface QueryList extends Pick<QueryRanking, 'rung' | 'satisfying' | 'hasMore'> {
  entries: QueryEntry[]
  isReranked: boolean
  degraded: Degraded
}

/**
 * An understood query → its list: retrieve and blend → re-rank → explain by templates. Without a language model nothing
 * waits for anything.
 * @param text of the query, as the model is asked with it
 * @param shown items of the pages before
 * @throws {UnknownNameError} for a genre of the options that no movie has
 */
export async function recommendForQuery(
  query: { text: string; intent: Intent },
  history: History,
  options: QueryOptions,
  k: number,
  model: Model,
  handles: QueryHandles,
  shown?: Int32Array,
): Promise<QueryList> {
  const { intent } = query
  const asksModel = handles.llm.isOn && handles.rerank !== null
  const pool = asksModel ? Math.max(k, MAX_RERANKED) : k
  const ranking = rankForQuery(intent, history, options, pool, model, shown)
  const { candidates, hasMore, rung, satisfying } = ranking
  const order = asksModel ? await reranked(query.text, ranking, history, model, handles) : null
  const positions = (order ?? [...candidates.keys()]).slice(0, k)
  return {
    rung,
    satisfying,
    hasMore: hasMore || candidates.length > k,
    isReranked: order !== null,
    degraded: asksModel && order === null && candidates.length > 1 ? ['rerank'] : [],
    entries: positions.map((position) => {
      const candidate = candidates[position]!
      const receipt = receiptOf(candidate, intent, ranking, model)
      const told = withNames(receipt, intent, model)
      const facts = factsOf(candidate.itemIndex, told, candidate.because, intent.language, model)
      const explanation: Explanation = { text: explainByTemplate(facts), by: 'template' }
      return { itemIndex: candidate.itemIndex, candidate, receipt, facts, explanation, placeBefore: position }
    }),
  }
}

/** Positions of all candidates, of which the first may have moved; null where the model was of no help. */
async function reranked(
  text: string,
  { candidates, sought }: QueryRanking,
  history: History,
  model: Model,
  { llm, prompts, rerank }: QueryHandles,
): Promise<number[] | null> {
  const asked = candidates.slice(0, MAX_RERANKED)
  if (asked.length < 2) return null
  const liked = likedItems(history, model.likedFrom).toReversed()
  const question = {
    query: text,
    liked: Array.from(liked, (item) => movieLine(item, [], model)),
    candidates: asked.map(({ itemIndex }) => {
      const terms = matchedTerms(itemIndex, sought, model.content).map(({ term }) => term)
      return movieLine(itemIndex, terms, model)
    }),
    profileVersion: Array.from(liked, (item) => model.catalog.movieIds[item]!).join(','),
  }
  const odds = await modelOdds(question, { llm, prompts })
  if (!odds.ok) return null
  const order = rerankedOrder(
    asked.map(({ score }) => score),
    odds.value,
    rerank!,
  )
  return [...order, ...[...candidates.keys()].slice(asked.length)]
}

/** A movie as the model is told of it. */
export function movieLine(itemIndex: number, keywords: string[], { catalog }: Pick<Model, 'catalog'>): MovieLine {
  const year = catalog.years[itemIndex]!
  return {
    movieId: catalog.movieIds[itemIndex]!,
    title: year === 0 ? catalog.title(itemIndex) : `${catalog.title(itemIndex)} (${year})`,
    genres: catalog.genres(itemIndex),
    keywords,
  }
}

/** An explanation by the model, as it comes. */
export interface LateExplanation {
  movieId: number
  explanation: Explanation
  /** the model gave none that may be sent: it is the template's */
  isDegraded: boolean
}

/** A movie, and what may be said of it. */
export interface Explained {
  itemIndex: number
  facts: Facts
}

/** The model's words for the first movies, each as soon as it is there. */
export async function* explanationsByModel(
  movies: readonly Explained[],
  model: Model,
  { llm, prompts }: Pick<QueryHandles, 'llm' | 'prompts'>,
): AsyncGenerator<LateExplanation> {
  const underWay = new Map<number, Promise<{ at: number; late: LateExplanation }>>()
  for (const [at, { itemIndex, facts }] of movies.slice(0, MAX_EXPLAINED).entries()) {
    const movieId = model.catalog.movieIds[itemIndex]!
    const explain = async () => {
      const { failure, ...explanation } = await explainByModel(movieId, facts, llm, prompts)
      return { at, late: { movieId, explanation, isDegraded: failure !== null } }
    }
    underWay.set(at, explain())
  }
  while (underWay.size > 0) {
    const { at, late } = await Promise.race(underWay.values())
    underWay.delete(at)
    yield late
  }
}
