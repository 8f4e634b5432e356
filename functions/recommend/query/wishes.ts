import type { Model } from '#core/model.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { RelaxedWish, WishName } from '#core/schemas/query.ts'
import { profileScores } from '#core/scoring/content-scores.ts'
import { words } from '#core/text/analyse.ts'
import { genreMask } from '../constraints.ts'

/** A no is a no: a list without what was asked for is better than one with what was refused. */
const NEVER_GIVEN_UP: readonly WishName[] = ['avoidPeople', 'avoidGenres']

/** A hard wish of a query, as a predicate over the catalogue. */
interface Wish {
  name: WishName
  /** sets a bit of every movie that breaks it: a loop of its own, and without branches, as nobody can guess them */
  mark(broken: Uint8Array, bit: number): void
}

export interface Satisfying {
  /** numItems flags; 1 is never returned */
  blocked: Uint8Array
  /** wishes that were held, and given up */
  kept: WishName[]
  relaxed: RelaxedWish[]
}

/**
 * Which movies satisfy what a query insists on. Where none satisfies all, the softest wish whose absence alone leaves some
 * is given up; where there is no such one, the softest ones together. What the query refuses is never given up.
 * O(numItems · wishes).
 * @param blocked what may not be answered anyway; is added to
 * @param isStrict give up nothing: all is blocked rather
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function satisfying(intent: Intent, blocked: Uint8Array, model: Model, isStrict: boolean): Satisfying {
  const { wishes, unknown } = wishesOf(intent, model)
  const names = [...wishes.map(({ name }) => name), ...unknown]
  if (isStrict && unknown.length > 0) return { blocked: blocked.fill(1), kept: names, relaxed: [] }

  let givenUp = 0
  if (wishes.length > 0) {
    const held = blocked.slice()
    for (const { mark } of wishes) mark(held, 1)
    if (isStrict || held.includes(0)) blocked.set(held)
    else givenUp = blockButFewest(wishes, blocked)
  }
  const isGivenUp = (_: Wish, bit: number) => (givenUp >>> bit) % 2 === 1
  return {
    blocked,
    kept: wishes.filter((wish, bit) => !isGivenUp(wish, bit)).map(({ name }) => name),
    relaxed: [
      ...unknown.map((wish): RelaxedWish => ({ wish, reason: 'unknown' })),
      ...wishes.filter(isGivenUp).map(({ name }): RelaxedWish => ({ wish: name, reason: 'nothingFits' })),
    ],
  }
}

/** Where no movie satisfies all wishes, what breaks those that are held. @returns a bit a wish that is given up */
function blockButFewest(wishes: Wish[], blocked: Uint8Array): number {
  // a bit a wish that the movie breaks
  const broken = new Uint8Array(blocked.length)
  for (const [place, { mark }] of wishes.entries()) mark(broken, 1 << place)
  const givenUp = fewestGivenUp(wishes, countByBroken(broken, blocked, wishes.length))
  for (let item = 0; item < blocked.length; item++) blocked[item]! |= Number((broken[item]! & ~givenUp) !== 0)
  return givenUp
}

/** Movies that may be answered, by the wishes they break. */
function countByBroken(broken: Uint8Array, blocked: Uint8Array, numWishes: number): Uint32Array {
  // what may not be answered is counted behind all others, so that nothing is asked in the loop
  const counts = new Uint32Array(2 << numWishes)
  for (let item = 0; item < broken.length; item++) counts[broken[item]! | (blocked[item]! << numWishes)]!++
  return counts.subarray(0, 1 << numWishes)
}

/**
 * @param wishes softest first
 * @param counts movies that may be answered, by the wishes they break
 * @returns a bit a wish
 */
function fewestGivenUp(wishes: Wish[], counts: Uint32Array): number {
  const leavesSome = (givenUp: number) => counts.some((count, broken) => count > 0 && (broken & ~givenUp) === 0)
  const soft = wishes.map(({ name }, bit) => (NEVER_GIVEN_UP.includes(name) ? 0 : 1 << bit)).filter((bit) => bit > 0)
  const alone = soft.find(leavesSome)
  if (alone !== undefined) return alone
  let together = 0
  for (const bit of soft) {
    together |= bit
    if (leavesSome(together)) break
  }
  return together
}

/** The softest first: what is given up sooner; those that no movie's data could tell, apart. */
function wishesOf(intent: Intent, model: Model): { wishes: Wish[]; unknown: WishName[] } {
  const { catalog } = model
  const { years, runtimes, languages, languageCodes } = catalog
  const wishes: Wish[] = []
  const unknown: WishName[] = []

  if (intent.runtimeFrom !== null || intent.runtimeTo !== null) {
    if (runtimes.some((minutes) => minutes > 0))
      wishes.push({ name: 'runtime', mark: outside(runtimes, intent.runtimeFrom, intent.runtimeTo) })
    else unknown.push('runtime')
  }
  if (intent.originalLanguage !== null) {
    const wanted = languageCodes.indexOf(intent.originalLanguage) + 1
    if (languageCodes.length === 0) unknown.push('originalLanguage')
    else wishes.push({ name: 'originalLanguage', mark: outside(languages, wanted, wanted) })
  }
  if (intent.yearFrom !== null || intent.yearTo !== null)
    wishes.push({ name: 'years', mark: outside(years, intent.yearFrom, intent.yearTo) })
  if (intent.people.length > 0) wishes.push({ name: 'people', mark: withoutAll(intent.people, model) })
  if (intent.mustGenres.length > 0) {
    const must = genreMask(catalog, 'intent.mustGenres', intent.mustGenres)
    wishes.push({ name: 'genres', mark: withoutGenres(catalog.genreMasks, must, intent.genresJoin === 'any') })
  }
  if (intent.avoidPeople.length > 0) wishes.push({ name: 'avoidPeople', mark: withAny(intent.avoidPeople, model) })
  if (intent.avoidGenres.length > 0) {
    const avoid = genreMask(catalog, 'intent.avoidGenres', intent.avoidGenres)
    wishes.push({ name: 'avoidGenres', mark: withGenres(catalog.genreMasks, avoid) })
  }
  return { wishes, unknown }
}

type Mark = Wish['mark']

/** Inclusive bounds, either may be left open; 0 is unknown, and outside of both. */
function outside(values: Int16Array | Uint8Array, from: number | null, to: number | null): Mark {
  const lowest = Math.max(1, from ?? 1)
  const highest = to ?? 0x7fff
  return (broken, bit) => {
    for (let item = 0; item < broken.length; item++) {
      const value = values[item]!
      // the sign of one of both differences
      broken[item]! |= bit & (((value - lowest) | (highest - value)) >> 31)
    }
  }
}

function withoutGenres(genreMasks: Uint32Array, must: number, isAnyEnough: boolean): Mark {
  return isAnyEnough
    ? (broken, bit) => {
        for (let item = 0; item < broken.length; item++)
          broken[item]! |= bit & -Number((genreMasks[item]! & must) === 0)
      }
    : (broken, bit) => {
        for (let item = 0; item < broken.length; item++)
          broken[item]! |= bit & -Number((genreMasks[item]! & must) !== must)
      }
}

function withGenres(genreMasks: Uint32Array, avoid: number): Mark {
  return (broken, bit) => {
    for (let item = 0; item < broken.length; item++) broken[item]! |= bit & -Number((genreMasks[item]! & avoid) !== 0)
  }
}

function withoutAll(people: readonly string[], model: Model): Mark {
  const filmographies = people.map((name) => filmography(name, model))
  return (broken, bit) => {
    for (const films of filmographies)
      for (let item = 0; item < broken.length; item++) if (!(films[item]! > 0)) broken[item]! |= bit
  }
}

function withAny(people: readonly string[], model: Model): Mark {
  const filmographies = people.map((name) => filmography(name, model))
  return (broken, bit) => {
    for (const films of filmographies)
      for (let item = 0; item < broken.length; item++) if (films[item]! > 0) broken[item]! |= bit
  }
}

/** Above 0 of the movies that a person directed or stands in the cast of, as far as the content index knows names. */
function filmography(name: string, { content }: Model): Float32Array {
  const terms = personTerms(name)
    .map(content.termIndexOf)
    .filter((term) => term >= 0)
  return profileScores(content, { terms: Int32Array.from(terms), weights: Float64Array.from(terms, () => 1) })
}

/** `Tom Hanks` → `director:tom hanks` and `cast:tom hanks`, as the content index has them */
export function personTerms(name: string): string[] {
  const folded = words(name).join(' ')
  return folded === '' ? [] : [`director:${folded}`, `cast:${folded}`]
}
