import { MAX_CAST, namesOf } from './metadata-fields.ts'

/** The lists of objects that TMDB's API gives, once they are parsed: `[{ id: 16, name: "Animation" }, …]`. */

/** A column is no such list. */
export class ListError extends Error {
  override name = 'ListError'
}

interface Entry {
  name: string
  order?: unknown
  job?: unknown
}

/** @throws {ListError} when the value is no list of objects with a name */
export function namesIn(value: unknown): string[] {
  return namesOf(entriesIn(value).map(({ name }) => name))
}

/** The first 20 in the order of billing; of no order given, as they stand. @throws {ListError} */
export function castIn(value: unknown): string[] {
  const place = ({ order }: Entry) => (typeof order === 'number' && Number.isFinite(order) ? order : Infinity)
  const entries = entriesIn(value).sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
  return namesOf(entries.map(({ name }) => name)).slice(0, MAX_CAST)
}

/** @throws {ListError} */
export function directorsIn(value: unknown): string[] {
  return namesOf(
    entriesIn(value)
      .filter(({ job }) => job === 'Director')
      .map(({ name }) => name),
  )
}

function entriesIn(value: unknown): Entry[] {
  if (!Array.isArray(value)) throw new ListError('expected a list')
  for (const entry of value)
    if (typeof entry !== 'object' || entry === null || typeof entry.name !== 'string')
      throw new ListError('expected a name in every entry of the list')
  return [...value]
}
