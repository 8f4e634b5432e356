import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import type { Examination } from '../../nouns.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'
import type { JudgedUser } from '../judged-users.ts'
import { countKnown, mostRatedFirst } from '../known-ratings.ts'
import { lastLikes } from '../replay.ts'
import { CUTOFF, type Lists } from './lists.ts'

/** First numbers of ratings of the groups by history; each goes up to the next. */
const HISTORY_STEPS = [0, 20, 50, 100, 200, 500]
/** Likes that are left of a history when users are replayed as cold ones. */
const COLD_LIKES = [1, 2, 3]
/** Most ratings before the test part of the groups of cold movies; each starts above the one before. */
const COLD_RATINGS = [0, 5, 20]

type Group = Examination['slices'][number]['groups'][number]

/** Whom a group judges, by which lists, and on what: a user with nothing to be found is not in it. */
interface Asked {
  label: string
  users: JudgedUser[]
  listsOf(row: Lists['rows'][number]): ArrayLike<number>[]
  relevantOf(user: JudgedUser): ReadonlySet<number>
}

/** NDCG of every row by the kind of user, and by the kind of movie to be found. */
export function slicesOf(lists: Lists): Examination['slices'] {
  return [
    slice('ratings in the history', lists, byHistory(lists)),
    slice('likes of a new viewer (the last ones of each, the others forgotten)', lists, byColdUsers(lists)),
    slice('popularity of what is to be found', lists, byPopularity(lists)),
    slice('ratings of what is to be found, before the test', lists, byColdItems(lists)),
  ]
}

function slice(by: string, lists: Lists, asked: Asked[]): Examination['slices'][number] {
  const groups = asked.map((group) => judgedGroup(group, lists)).filter(({ users }) => users > 0)
  return { by, metric: `ndcg@${CUTOFF}`, groups }
}

function judgedGroup({ label, users, listsOf, relevantOf }: Asked, { rows, bootstrapSamples, seed }: Lists): Group {
  const relevant = users.map(relevantOf)
  const members = [...relevant.keys()].filter((user) => relevant[user]!.size > 0)
  const resamples = resampleUsers(members.length, bootstrapSamples, seed)
  const models = rows.map((row) => {
    const rowLists = members.length > 0 ? listsOf(row) : []
    const values = Float64Array.from(members, (user) => ndcgAtK(rowLists[user]!, relevant[user]!, CUTOFF))
    return { name: row.name, value: estimate(values, resamples) }
  })
  return { label, users: members.length, models }
}

const NOTHING: ReadonlySet<number> = new Set()

function byHistory({ users }: Lists): Asked[] {
  return HISTORY_STEPS.map((from, step) => {
    const next = HISTORY_STEPS[step + 1] ?? Number.POSITIVE_INFINITY
    const isIn = ({ history }: JudgedUser) => history.itemIndices.length >= from && history.itemIndices.length < next
    return {
      label: Number.isFinite(next) ? `${from}–${next - 1}` : `${from} or more`,
      users,
      listsOf: ({ lists }) => lists,
      relevantOf: (user) => (isIn(user) ? user.relevant : NOTHING),
    }
  })
}

/** Users as if they had just come: ranked anew from their last likes, while all they have seen stays out of the list. */
function byColdUsers({ fewUsers, model }: Lists): Asked[] {
  return COLD_LIKES.map((likes) => {
    const replayed = fewUsers.map((user) => asCold(user, likes, model))
    return {
      label: likes === 1 ? '1 like' : `${likes} likes`,
      users: replayed,
      listsOf: ({ ranker }) => replayed.map((user) => ranker(user, CUTOFF)),
      relevantOf: ({ relevant }) => relevant,
    }
  })
}

function asCold({ history, relevant }: JudgedUser, likes: number, { catalog, likedFrom }: Model): JudgedUser {
  return {
    history: lastLikes(history, likes, likedFrom),
    exclude: Array.from(history.itemIndices, (item) => catalog.movieIds[item]!),
    relevant,
  }
}

/** Head, middle and tail: the most rated movies that have a third of all ratings, those of the next third, the others. */
function byPopularity({ users, model, interactions }: Lists): Asked[] {
  const thirds = thirdsOf(countKnown(interactions, model.catalog.numItems))
  const sizes = [0, 1, 2].map((third) => thirds.reduce((count, of) => count + (of === third ? 1 : 0), 0))
  return ['head', 'middle', 'tail'].map((name, third) => ({
    label: `${name}: ${sizes[third]} movies`,
    users,
    listsOf: ({ lists }) => lists,
    relevantOf: ({ relevant }) => only(relevant, (item) => thirds[item] === third),
  }))
}

function byColdItems({ users, model, interactions }: Lists): Asked[] {
  const counts = countKnown(interactions, model.catalog.numItems)
  return COLD_RATINGS.map((most, step) => {
    const least = step === 0 ? 0 : COLD_RATINGS[step - 1]! + 1
    return {
      label: least === most ? `${most}` : `${least}–${most}`,
      users,
      listsOf: ({ lists }) => lists,
      relevantOf: ({ relevant }) => only(relevant, (item) => counts[item]! >= least && counts[item]! <= most),
    }
  })
}

/** Third of the ratings that each item is in, the most rated first. */
function thirdsOf(counts: Int32Array): Uint8Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const thirds = new Uint8Array(counts.length)
  let before = 0
  for (const item of mostRatedFirst(counts)) {
    thirds[item] = Math.min(2, Math.floor((3 * before) / Math.max(1, total)))
    before += counts[item]!
  }
  return thirds
}

function only(items: ReadonlySet<number>, isIn: (item: number) => boolean): ReadonlySet<number> {
  return new Set([...items].filter(isIn))
}
