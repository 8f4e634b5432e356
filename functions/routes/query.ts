import type { Model } from '#core/model.ts'
import { lexiconOf } from '#core/query/lexicon.ts'
import type { Degraded, Locale } from '#core/schemas/api.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { ModelCard } from '#core/schemas/manifest.ts'
import { type QueriedMovie, QueryAnswer, QueryRequest } from '#core/schemas/query.ts'
import { movieName } from '#recommend/movie-name.ts'
import { expectedStars } from '#recommend/predict-stars.ts'
import { type QueryHandles, type QueryList, recommendForQuery } from '#recommend/query/index.ts'
import type { RerankSettings } from '#recommend/query/rerank.ts'
import { type Understood, understand } from '#recommend/query/understand.ts'
import { type Env, settingsOf } from '../env.ts'
import type { ServedModel } from '../open-model.ts'
import { PROMPTS } from '../prompts.ts'
import { answerAndWords, inModelsWords } from './explanations.ts'
import { pageOf } from './paging.ts'
import { movieSummary, nowSeconds, round, yearNow } from './present.ts'
import { listLength, type Route, type RouteRequest, route } from './route.ts'
import { type ViewerHistory, viewerHistory } from './viewer.ts'

type Asked = RouteRequest<typeof QueryRequest>

/** The answer by templates, and the list it shows. */
async function answerQuery({ body, served, env, log, llm }: Asked): Promise<{ answer: QueryAnswer; list: QueryList }> {
  const { text, intent, userId, history: given, taste, ...options } = body
  const { model, modelId, manifest } = served
  const handles: QueryHandles = { llm, prompts: PROMPTS, rerank: rerankSettings(options.rerank, env, served) }
  const [understood, viewer] = await Promise.all([
    intent ? asGiven(intent) : understand(text, model.catalog.genreNames, lexiconOf(model), llm, PROMPTS, yearNow()),
    viewerHistory({ userId, history: given, taste }, { served, env, log }),
  ])
  const { shown, numShown, fields } = pageOf(options.cursor, served)
  const query = { text, intent: understood.intent }
  const list = await recommendForQuery(
    query,
    viewer.history,
    options,
    listLength(options.k, manifest),
    model,
    handles,
    shown,
  )
  const locale = options.locale ?? understood.intent.language
  const itemIndices = list.entries.map(({ candidate }) => candidate.itemIndex)
  const answer: QueryAnswer = {
    modelId,
    seed: null,
    rung: list.rung,
    intent: shownIntent(understood.intent, locale, model),
    understoodBy: understood.by,
    rerankedBy: list.isReranked ? 'model' : null,
    kept: list.satisfying.kept,
    relaxed: list.satisfying.relaxed,
    unknownMovieIds: viewer.unknownMovieIds,
    degraded: degradedParts(understood, viewer, list),
    ...fields(itemIndices, list.hasMore),
    items: queriedMovies(list, viewer, model, numShown, options.showOrder, locale),
  }
  return { answer, list }
}

/** With the titles of its movies in the language of whoever reads it. */
function shownIntent(intent: Intent, locale: Locale, { catalog }: Model): Intent {
  const similarTitles = intent.similarTitles.map((named) => {
    const itemIndex = catalog.itemIndexOf(named.movieId)
    return itemIndex < 0 ? named : movieName(itemIndex, catalog, locale)
  })
  return { ...intent, similarTitles }
}

/** What the request says that it means. */
function asGiven(intent: Intent): Understood {
  return { intent, by: 'request', failure: null }
}

/** How the model may change the order; null: not at all. */
function rerankSettings(asked: boolean | undefined, env: Env, { manifest }: ServedModel): RerankSettings | null {
  const settings = settingsOf(env).llm
  if (settings === null) return null
  const { mode, ...bounds } = settings.rerank
  const isOn = mode === 'auto' ? helps(manifest.card.rerank, settings.model) : mode === 'on'
  return (asked ?? isOn) && mode !== 'off' ? bounds : null
}

/** Whether this very model has been measured to make orders better, whatever order it saw the movies in. */
function helps(evidence: ModelCard['rerank'], model: string): boolean {
  return (
    evidence !== undefined &&
    evidence.model === model &&
    evidence.prompt === PROMPTS.rerank.version &&
    evidence['ndcg@10'].low > 0 &&
    evidence.shuffled['ndcg@10'].low > 0
  )
}

function degradedParts({ failure }: Understood, viewer: ViewerHistory, list: QueryList): Degraded {
  return [...viewer.degraded, ...(failure === null ? [] : (['parse'] as const)), ...list.degraded]
}

function queriedMovies(
  { entries, isReranked }: QueryList,
  { starred }: ViewerHistory,
  model: Model,
  numShown: number,
  showOrder: boolean,
  locale: Locale,
): QueriedMovie[] {
  const items = entries.map(({ candidate }) => candidate.itemIndex)
  const predicted = model.stars && expectedStars(starred, items, model.stars, nowSeconds())
  return entries.map(({ candidate: { itemIndex, score, shares }, receipt, explanation, placeBefore }, position) => ({
    rank: numShown + position + 1,
    ...movieSummary(model.catalog, itemIndex, locale),
    score,
    shares,
    receipt,
    explanation,
    predictedStars: predicted && round(predicted[position]!, 2),
    ...(showOrder && { rankBefore: isReranked ? numShown + placeBefore + 1 : numShown + position + 1 }),
  }))
}

export const queryRoutes: Route[] = [
  route({
    method: 'post',
    path: '/recommend/query',
    scope: 'read',
    tag: 'recommend',
    summary: 'Top movies for a wish in words, Vietnamese or English',
    body: QueryRequest,
    answer: QueryAnswer,
    errors: [501],
    async handle(asked) {
      const { answer, list } = await answerQuery(asked)
      return asked.body.explain === 'model' ? inModelsWords(answer, list.entries, asked) : answer
    },
    async *stream(asked) {
      const { answer, list } = await answerQuery(asked)
      yield* answerAndWords(answer, list.entries, asked)
    },
  }),
]
