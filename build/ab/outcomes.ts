import type { Experiment } from '#core/schemas/experiment.ts'
import type { Tally } from './statistics.ts'

/** As much of the live database as is read here. */
export interface Rows {
  all<Row>(sql: string, ...params: (string | number | null)[]): Promise<Row[]>
}

/** What may come of an answer. */
export interface Outcome {
  name: string
  /** in words */
  what: string
  /** users: only those known by a userId can do it; viewers: all */
  of: 'users' | 'viewers'
}

/** Who was answered by an arm, and by no other one. */
export interface ArmCount {
  arm: string
  viewers: number
  users: number
}

interface OutcomeQuery extends Outcome {
  /** table that the acts are in, as `act` */
  from: 'live_feedback' | 'experiment_events'
  /** which of its rows; `?1` is the experiment */
  where: string
}

/** Half stars up to which a rating speaks against a movie. */
const DISLIKED_HALF_STARS = 4

/** By which an experiment is judged, and what might go wrong beside it. @param likedFrom stars of a like */
function outcomeQueries(likedFrom: number): OutcomeQuery[] {
  const ofFeedback = (name: string, what: string, where: string): OutcomeQuery => ({
    name,
    what,
    of: 'users',
    from: 'live_feedback',
    where,
  })
  const ofEvents = (name: string, what: string): OutcomeQuery => ({
    name,
    what,
    of: 'viewers',
    from: 'experiment_events',
    where: `act.kind = '${name}' AND act.experiment = ?1`,
  })
  const isRated = `act.kind = 'rated' AND act.half_stars`
  return [
    ofFeedback(
      'liked',
      'liked a movie, or rated one as highly as a like',
      `(act.kind = 'liked' OR (${isRated} >= ${2 * likedFrom}))`,
    ),
    ofFeedback('rated', 'rated a movie', `act.kind = 'rated'`),
    ofFeedback(
      'disliked',
      'disliked a movie, or rated one 2 stars or less',
      `(act.kind = 'disliked' OR (${isRated} <= ${DISLIKED_HALF_STARS}))`,
    ),
    ofFeedback('seen', 'marked a movie as seen', `act.kind = 'seen'`),
    ofEvents('click', 'opened a movie'),
    ofEvents('play', 'began to watch one'),
    ofEvents('complete', 'saw one to the end'),
  ]
}

/** Each viewer with the first time that an arm answered; `?1` is the experiment, `?2` its end. */
const EXPOSED = `exposed AS (
  SELECT unit, max(user_id) AS user_id, min(exposed_at) AS since, count(DISTINCT arm) AS arms, min(arm) AS arm
  FROM experiment_exposures WHERE experiment = ?1 AND exposed_at <= ?2 GROUP BY unit)`

/**
 * Viewers by arm, and those who were answered by more than one, as a change of the shares makes some: they say nothing
 * of either and are left out everywhere.
 * @param until seconds since 1970
 */
export async function readArms(
  rows: Rows,
  { name }: Pick<Experiment, 'name'>,
  until: number,
): Promise<{ arms: ArmCount[]; moved: number }> {
  const counts = await rows.all<ArmCount & { arms: number }>(
    `WITH ${EXPOSED} SELECT arm, min(arms, 2) AS arms, count(*) AS viewers, count(user_id) AS users
     FROM exposed GROUP BY arm, min(arms, 2)`,
    name,
    until,
  )
  return {
    arms: counts.filter(({ arms }) => arms === 1).map(({ arm, viewers, users }) => ({ arm, viewers, users })),
    moved: counts.filter(({ arms }) => arms > 1).reduce((sum, { viewers }) => sum + viewers, 0),
  }
}

/**
 * What each outcome came to by arm, of all that viewers did from their first answer on.
 * @param likedFrom stars of a like
 */
export async function readOutcomes(
  rows: Rows,
  { name }: Pick<Experiment, 'name'>,
  until: number,
  likedFrom: number,
): Promise<{ outcome: Outcome; tallies: Map<string, Tally> }[]> {
  const read = []
  for (const { from, where, ...outcome } of outcomeQueries(likedFrom)) {
    const time = from === 'live_feedback' ? 'updated_at' : 'at'
    const same = from === 'live_feedback' ? 'act.user_id = exposed.user_id' : 'act.unit = exposed.unit'
    const tallies = await rows.all<Tally & { arm: string }>(
      `WITH ${EXPOSED}, acts AS (
         SELECT exposed.arm AS arm, count(act.kind) AS acts FROM exposed
         LEFT JOIN ${from} AS act ON ${same} AND act.${time} BETWEEN exposed.since AND ?2 AND ${where}
         WHERE exposed.arms = 1 ${outcome.of === 'users' ? 'AND exposed.user_id IS NOT NULL' : ''}
         GROUP BY exposed.unit, exposed.arm)
       SELECT arm, count(*) AS units, sum(acts > 0) AS acted, sum(acts) AS total, sum(acts * acts) AS squares
       FROM acts GROUP BY arm`,
      name,
      until,
    )
    read.push({ outcome, tallies: new Map(tallies.map(({ arm, ...tally }) => [arm, tally])) })
  }
  return read
}
