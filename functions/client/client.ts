import { type ListEvent, listEvents } from './events.ts'
import { type Call, type CallOptions, type ClientOptions, createExchange } from './send.ts'
import type * as api from './types.ts'

/** longer queries go into a body: addresses end at 16 KB on their way, sooner in some proxies */
const MAX_QUERY_LENGTH = 2000

/** Every operation of the API. Each throws {@link MarqueeError}, or its signal's reason when the caller aborts. */
export interface MarqueeClient {
  /** Top movies for a user, from all that is known of them. */
  recommendForUser(userId: number, options?: api.RecommendOptions, call?: CallOptions): Promise<api.Recommendations>
  /** Top movies for a history that the app keeps itself; nothing is stored. */
  recommendForHistory(request: api.HistoryRequest, call?: CallOptions): Promise<api.Recommendations>
  /** One list for two to eight viewers, with how well each movie fits each of them. */
  recommendForGroup(request: api.GroupRequest, call?: CallOptions): Promise<api.GroupRecommendations>
  /** Top movies for a wish in words, Vietnamese or English. */
  recommendForWish(request: api.QueryRequest, call?: CallOptions): Promise<api.QueryAnswer>
  /** The same in parts: the list as soon as it is there, then a language model's explanations, where there is one. */
  streamWish(request: api.QueryRequest, call?: CallOptions): AsyncIterable<ListEvent<api.QueryAnswer>>
  /** Why some movies suit a viewer. */
  explain(request: api.ExplainRequest, call?: CallOptions): Promise<api.Explanations>
  streamExplanations(request: api.ExplainRequest, call?: CallOptions): AsyncIterable<ListEvent<api.Explanations>>
  /** What a change of a history would do to the list; nothing is stored. */
  whatIf(request: api.WhatIfRequest, call?: CallOptions): Promise<api.WhatIf>
  /** An answer again, byte for byte, from the `replay` that it carried. */
  replay(replay: api.Replay, call?: CallOptions): Promise<api.Replayed>
  /** Stars that a viewer would give to movies of the catalogue. */
  predictRatings(request: api.PredictRatingsRequest, call?: CallOptions): Promise<api.PredictedRatings>
  /** Stars that a viewer would give to a movie that is not in the catalogue. */
  predictNewMovie(request: api.PredictNewMovieRequest, call?: CallOptions): Promise<api.PredictedNewMovie>
  /** Movies whose title matches `q`; without it the most popular ones. */
  movies(search?: api.MovieSearch, call?: CallOptions): Promise<api.MovieList>
  movie(movieId: number, options?: api.DetailsOptions, call?: CallOptions): Promise<api.MovieDetails>
  similarMovies(movieId: number, options?: api.SimilarOptions, call?: CallOptions): Promise<api.SimilarMovies>
  /** Profile, top rated, recent favourites and recommendations. */
  user(userId: number, options?: api.RecommendOptions, call?: CallOptions): Promise<api.UserProfile>
  /** @param rating stars, 0.5 to 5 in halves */
  rate(userId: number, movieId: number, rating: number, call?: CallOptions): Promise<api.StoredRating>
  removeRating(userId: number, movieId: number, call?: CallOptions): Promise<api.RemovedRating>
  /** Seen, liked, disliked or put off; what is sent twice is written twice, so it is not tried again by itself. */
  mark(userId: number, movieId: number, feedback: api.FeedbackRequest, call?: CallOptions): Promise<api.StoredFeedback>
  /** With the `version` of a mark only that one is undone, and the call may be sent twice. */
  undoMark(userId: number, movieId: number, undo?: api.FeedbackUndo, call?: CallOptions): Promise<api.UndoneFeedback>
  marks(userId: number, options?: api.FeedbackOptions, call?: CallOptions): Promise<api.FeedbackList>
  /** What a viewer opened, played or saw to the end, for experiments; what was told before counts once. */
  tellEvents(request: api.EventsRequest, call?: CallOptions): Promise<api.EventsAnswer>
  /** All that is kept of a user. */
  userData(userId: number, options?: api.DetailsOptions, call?: CallOptions): Promise<api.UserData>
  /** Forgets a user for good. */
  eraseUser(userId: number, call?: CallOptions): Promise<api.ErasedUser>
  /** A history as a short signed text that every request takes instead. */
  signTaste(request: api.TasteRequest, call?: CallOptions): Promise<api.TasteAnswer>
  changeTaste(change: api.TasteChange, call?: CallOptions): Promise<api.TasteAnswer>
  /** The model card, and the limits of its lists. */
  model(call?: CallOptions): Promise<api.ModelAnswer>
  /** The served model and those before it, with how each was judged. */
  modelHistory(call?: CallOptions): Promise<api.ModelHistory>
  health(call?: CallOptions): Promise<api.Health>
  /** Throws with status 503 where no model is being served. */
  readiness(call?: CallOptions): Promise<api.Readiness>
}

/** @throws {TypeError} for an API key and a token at once */
export function createClient(options: ClientOptions): MarqueeClient {
  const exchange = createExchange(options)
  const streaming = options.streaming ?? canStream()
  const ask = <T>(method: Call['method'], path: string, own: CallOptions = {}, rest: Partial<Call> = {}) =>
    exchange.ask({ method, path, isIdempotent: true, ...rest }, own) as Promise<T>
  const get = <T>(path: string, query: object, own?: CallOptions) => ask<T>('GET', path + queryString(query), own)
  // every POST of this API may be sent twice
  const post = <T>(path: string, body: object, own?: CallOptions) => ask<T>('POST', path, own, { body })
  const stream = <T extends { degraded: unknown }>(path: string, body: object, own: CallOptions = {}) =>
    listEvents<T>(exchange, { method: 'POST', path, body, isIdempotent: true }, own, streaming)

  return {
    recommendForUser(userId, list = {}, own) {
      const path = `/recommend/user/${userId}`
      const query = queryString(list)
      return query.length <= MAX_QUERY_LENGTH ? ask('GET', path + query, own) : post(path, list, own)
    },
    recommendForHistory: (request, own) => post('/recommend/history', request, own),
    recommendForGroup: (request, own) => post('/recommend/group', request, own),
    recommendForWish: (request, own) => post('/recommend/query', request, own),
    streamWish: (request, own) => stream('/recommend/query', request, own),
    explain: (request, own) => post('/explain', request, own),
    streamExplanations: (request, own) => stream('/explain', request, own),
    whatIf: (request, own) => post('/what-if', request, own),
    replay: (replay, own) => post('/replay', replay, own),
    predictRatings: (request, own) => post('/predict/ratings', request, own),
    predictNewMovie: (request, own) => post('/predict/new-movie', request, own),
    movies: (search = {}, own) => get('/movies', search, own),
    movie: (movieId, details = {}, own) => get(`/movies/${movieId}`, details, own),
    similarMovies: (movieId, list = {}, own) => get(`/movies/${movieId}/similar`, list, own),
    user: (userId, list = {}, own) => get(`/users/${userId}`, list, own),
    rate: (userId, movieId, rating, own) =>
      ask('PUT', `/users/${userId}/ratings/${movieId}`, own, { body: { rating } }),
    removeRating: (userId, movieId, own) => ask('DELETE', `/users/${userId}/ratings/${movieId}`, own),
    mark: (userId, movieId, body, own) =>
      ask('PUT', `/users/${userId}/feedback/${movieId}`, own, { body, isIdempotent: false }),
    undoMark: (userId, movieId, undo = {}, own) =>
      ask('DELETE', `/users/${userId}/feedback/${movieId}${queryString(undo)}`, own, {
        isIdempotent: undo.version !== undefined,
      }),
    marks: (userId, list = {}, own) => get(`/users/${userId}/feedback`, list, own),
    tellEvents: (request, own) => post('/events', request, own),
    userData: (userId, options = {}, own) => get(`/users/${userId}/data`, options, own),
    eraseUser: (userId, own) => ask('DELETE', `/users/${userId}/data`, own),
    signTaste: (request, own) => post('/taste', request, own),
    changeTaste: (change, own) => ask('PUT', '/taste', own, { body: change }),
    model: (own) => get('/model', {}, own),
    modelHistory: (own) => get('/model/history', {}, own),
    health: (own) => get('/healthz', {}, own),
    readiness: (own) => get('/readyz', {}, own),
  }
}

/** `?genres=Crime%2CDrama&weights[cf]=1`: lists comma-separated, absent and empty fields left out; '' when none is left. */
export function queryString(fields: object): string {
  const pairs: string[] = []
  const add = (name: string, value: unknown) => pairs.push(`${name}=${encodeURIComponent(String(value))}`)
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue
    if (Array.isArray(value)) add(name, value.join(','))
    else if (typeof value === 'object' && value !== null) {
      for (const [inner, part] of Object.entries(value)) if (part !== undefined) add(`${name}[${inner}]`, part)
    } else add(name, value)
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** React Native's fetch knows no body before its end. */
const canStream = () => typeof Response === 'function' && 'body' in Response.prototype
