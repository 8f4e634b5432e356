import { show } from '#core/schemas/problem.ts'
import { type Cursor, MAX_SHOWN, readCursor, writeCursor } from '#recommend/page.ts'
import type { OpenedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'

/** What an answer says of its page. */
export interface PageFields {
  nextCursor: string | null
  modelChanged: boolean
}

/** A page of a list by score. */
export interface Page {
  /** item indices of the pages before, of the movies that this model knows */
  shown: Int32Array
  /** ranks go on behind these */
  numShown: number
  /** @param items of this page */
  fields(items: Iterable<number>, hasMore: boolean): PageFields
}

/** @throws {ProblemError} for what is no cursor of such a list */
export function pageOf(cursor: string | undefined, { model, modelId }: OpenedModel): Page {
  const { catalog } = model
  const before = cursor === undefined ? null : opened(cursor, 'shown')
  const shownIds = before?.movieIds ?? new Int32Array(0)
  return {
    shown: shownIds.map((movieId) => catalog.itemIndexOf(movieId)).filter((item) => item >= 0),
    numShown: shownIds.length,
    fields(items, hasMore) {
      const movieIds = Int32Array.of(...shownIds, ...Array.from(items, (item) => catalog.movieIds[item]!))
      return {
        nextCursor: hasMore && movieIds.length <= MAX_SHOWN ? writeCursor({ kind: 'shown', modelId, movieIds }) : null,
        modelChanged: before !== null && before.modelId !== modelId,
      }
    },
  }
}

/** A page of a list whose order is the same for everybody: where it begins, and what the answer says of it. */
export function positionOf(
  cursor: string | undefined,
  { modelId }: OpenedModel,
): { start: number; fields(length: number, hasMore: boolean): PageFields } {
  const before = cursor === undefined ? null : opened(cursor, 'position')
  const start = before?.position ?? 0
  return {
    start,
    fields: (length, hasMore) => ({
      nextCursor: hasMore ? writeCursor({ kind: 'position', modelId, position: start + length }) : null,
      modelChanged: before !== null && before.modelId !== modelId,
    }),
  }
}

function opened<Kind extends Cursor['kind']>(text: string, kind: Kind): Extract<Cursor, { kind: Kind }> {
  const cursor = readCursor(text)
  const of = kind === 'shown' ? 'a list by score' : 'a search'
  if (cursor?.kind !== kind)
    throw new ProblemError('bad_request', `cursor: found ${show(text)}; must be nextCursor of ${of}, whole`, 'cursor')
  return cursor as Extract<Cursor, { kind: Kind }>
}
