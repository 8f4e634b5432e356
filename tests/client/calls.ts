import type { MarqueeClient } from '../../functions/client/index.ts'

const history = [{ movieId: 10, rating: 5 }]

/** Each method of the client, called as an app would, on the tiny catalogue. A write comes before what reads or undoes it. */
export const CALLS: { [Method in keyof MarqueeClient]: (client: MarqueeClient) => ReturnType<MarqueeClient[Method]> } =
  {
    health: (client) => client.health(),
    readiness: (client) => client.readiness(),
    model: (client) => client.model(),
    modelHistory: (client) => client.modelHistory(),
    movies: (client) => client.movies({ q: 'star', genres: ['Sci-Fi', 'Drama'], k: 3 }),
    movie: (client) => client.movie(30, { locale: 'vi' }),
    similarMovies: (client) => client.similarMovies(50, { k: 2, yearFrom: 1970 }),
    recommendForUser: (client) => client.recommendForUser(1, { k: 3, weights: { cf: 0.5, content: 1 }, replay: true }),
    recommendForHistory: (client) => client.recommendForHistory({ history, k: 3 }),
    recommendForGroup: (client) => client.recommendForGroup({ members: [{ userId: 1 }, { history }], k: 3 }),
    recommendForWish: (client) => client.recommendForWish({ text: 'sad science fiction, no horror', history, k: 3 }),
    streamWish: (client) => client.streamWish({ text: 'phim hài', k: 3 }),
    explain: (client) => client.explain({ movieIds: [20, 30], history, language: 'vi' }),
    streamExplanations: (client) => client.streamExplanations({ movieIds: [20], history }),
    whatIf: (client) => client.whatIf({ history, add: [{ movieId: 50, rating: 4.5 }], k: 3 }),
    replay: async (client) => {
      const { replay } = await client.recommendForHistory({ history, k: 3, replay: true })
      return client.replay(replay!)
    },
    predictRatings: (client) => client.predictRatings({ history, movieIds: [20, 50] }),
    predictNewMovie: (client) => client.predictNewMovie({ title: 'The Last Lighthouse', genres: ['Sci-Fi'] }),
    rate: (client) => client.rate(7, 10, 4.5),
    removeRating: (client) => client.removeRating(7, 10),
    mark: (client) => client.mark(7, 20, { kind: 'liked' }),
    marks: (client) => client.marks(7, { kind: 'liked' }),
    undoMark: (client) => client.undoMark(7, 20),
    tellEvents: (client) => client.tellEvents({ userId: 7, events: [{ kind: 'click', movieId: 10 }] }),
    user: (client) => client.user(1, { k: 3 }),
    userData: (client) => client.userData(7, { locale: 'vi' }),
    eraseUser: (client) => client.eraseUser(7),
    signTaste: (client) => client.signTaste({ history }),
    changeTaste: async (client) => {
      const { taste } = await client.signTaste({ history })
      return client.changeTaste({ taste, add: [{ movieId: 20 }] })
    },
  }

/** The parts of a stream, or one answer. */
export async function answersOf(called: ReturnType<(typeof CALLS)[keyof typeof CALLS]>): Promise<unknown[]> {
  if (!(Symbol.asyncIterator in called)) return [await called]
  const events = []
  for await (const event of called) events.push(event)
  return events
}
