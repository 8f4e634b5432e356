import type { EventKind, ExperimentMark } from '#core/schemas/api.ts'
import { sha256 } from '../sha256.ts'

const DAY_SECONDS = 86_400
/** Events of one viewer and day; a player that reports every second fills no database. */
const MAX_EVENTS_A_DAY = 500

/** Whose an exposure or event is. */
export type Unit = { userId: number } | { key: string }

/** One text a viewer, for drawing the arm. */
export function unitText(unit: Unit): string {
  return 'userId' in unit ? `u${unit.userId}` : `k${unit.key}`
}

/** What is stored of it: what an anonymous viewer is known by only as a hash. */
async function storedUnit(unit: Unit): Promise<{ text: string; userId: number | null }> {
  if ('userId' in unit) return { text: unitText(unit), userId: unit.userId }
  return { text: `k${(await sha256(new TextEncoder().encode(unit.key))).slice(0, 32)}`, userId: null }
}

/** Note that an arm answered a viewer; once a day. @param now seconds since 1970 */
export async function writeExposure(
  database: D1Database,
  { name, arm }: ExperimentMark,
  unit: Unit,
  now: number,
): Promise<void> {
  const { text, userId } = await storedUnit(unit)
  await database
    .prepare(
      `INSERT OR IGNORE INTO experiment_exposures (experiment, arm, unit, user_id, day, exposed_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
    )
    .bind(name, arm, text, userId, dayOf(now), now)
    .run()
}

/** Store what a viewer did, as far as it is new. @returns the kinds of what was, one an event */
export async function writeEvents(
  database: D1Database,
  experiment: string,
  unit: Unit,
  events: readonly { kind: EventKind; movieId: number }[],
  now: number,
): Promise<EventKind[]> {
  const { text, userId } = await storedUnit(unit)
  const insert = database.prepare(
    `INSERT OR IGNORE INTO experiment_events (experiment, unit, user_id, kind, movie_id, day, at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
     WHERE (SELECT count(*) FROM experiment_events WHERE experiment = ?1 AND unit = ?2 AND day = ?6) < ${MAX_EVENTS_A_DAY}`,
  )
  const results = await database.batch(
    events.map(({ kind, movieId }) => insert.bind(experiment, text, userId, kind, movieId, dayOf(now), now)),
  )
  return events.filter((_, at) => results[at]!.meta.changes > 0).map(({ kind }) => kind)
}

/** What is kept of a user for reports, the oldest first. */
export async function readParticipation(
  database: D1Database,
  userId: number,
): Promise<{
  exposures: (ExperimentMark & { exposedAt: number })[]
  events: { experiment: string; kind: EventKind; movieId: number; at: number }[]
}> {
  const [exposures, events] = await database.batch([
    database
      .prepare(
        `SELECT experiment AS name, arm, exposed_at AS exposedAt FROM experiment_exposures
         WHERE user_id = ?1 ORDER BY exposed_at, experiment`,
      )
      .bind(userId),
    database
      .prepare(
        `SELECT experiment, kind, movie_id AS movieId, at FROM experiment_events
         WHERE user_id = ?1 ORDER BY at, experiment, kind, movie_id`,
      )
      .bind(userId),
  ])
  return { exposures: exposures!.results as never, events: events!.results as never }
}

/** To go with what else is deleted of a user. */
export function eraseParticipation(database: D1Database, userId: number): D1PreparedStatement[] {
  return ['experiment_exposures', 'experiment_events'].map((name) =>
    database.prepare(`DELETE FROM ${name} WHERE user_id = ?1`).bind(userId),
  )
}

export function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS)
}
