import type { GroupRequest } from '../client/index.ts'
import { isId } from './history-store.ts'

/** as the API takes it */
export const MAX_WISH_LENGTH = 300

/** as many as the API takes */
export const MAX_MEMBERS = 8

/** Scores that a list is blended from, as the API names them. */
export const WEIGHTED = ['cf', 'next', 'neighbours', 'content', 'popularity'] as const
export type Weights = Partial<Record<(typeof WEIGHTED)[number], number>>

/** A known viewer, or who sits before this browser. */
export type Member = number | 'me'
export type Strategy = NonNullable<GroupRequest['strategy']>
export const STRATEGIES = ['average', 'leastMisery', 'averageWithoutMisery'] as const satisfies Strategy[]

/** The view as it stands in the address bar, so that it can be shared and the Back button works. */
export interface Address {
  /** a known viewer, or null for a fresh start */
  userId: number | null
  /** movie whose drawer is open */
  movieId: number | null
  genres: string[]
  /** first year of the decade shown, 1990 for the nineties */
  decade: number | null
  /** how unlike each other the movies shall be, 0 to 1 */
  diversity: number
  /** of the blend, 0 to 1 each; null: as learned */
  weights: Weights | null
  /** who watches together, instead of one viewer; null: nobody does */
  group: Member[] | null
  /** how the members' fits become one score */
  strategy: Strategy
  /** the model's card in place of movies */
  aboutModel: boolean
  /** what was asked for in words, instead of the viewer's own list */
  wish: string | null
}

/**
 * Reads `?user=1&movie=2&genres=Crime,Drama&decade=1990&diversity=0.3&weights=cf:1,content:0.5&wish=…`, or a group by
 * `?group=me,1,2&strategy=leastMisery`; what is not valid is left out.
 */
export function parseAddress(search: string): Address {
  const params = new URLSearchParams(search)
  const decade = wholeNumber(params.get('decade'))
  return {
    userId: params.has('group') ? null : asId(params.get('user')),
    movieId: asId(params.get('movie')),
    genres: (params.get('genres') ?? '').split(',').filter((genre) => genre !== ''),
    decade: decade !== null && decade % 10 === 0 && decade >= 1870 && decade <= 2090 ? decade : null,
    diversity: tenth(params.get('diversity')),
    weights: parseWeights(params.get('weights') ?? ''),
    group: params.has('group') ? parseGroup(params.get('group') ?? '') : null,
    strategy: STRATEGIES.find((strategy) => strategy === params.get('strategy')) ?? 'average',
    aboutModel: params.get('about') === 'model',
    wish: (params.get('wish') ?? '').trim().slice(0, MAX_WISH_LENGTH) || null,
  }
}

/** The inverse of {@link parseAddress}: a path with its query, `/` for the bare view. */
export function formatAddress(address: Address): string {
  const params = new URLSearchParams()
  if (address.userId !== null) params.set('user', String(address.userId))
  if (address.movieId !== null) params.set('movie', String(address.movieId))
  if (address.genres.length > 0) params.set('genres', address.genres.join(','))
  if (address.decade !== null) params.set('decade', String(address.decade))
  if (address.diversity > 0) params.set('diversity', String(address.diversity))
  if (address.weights !== null) params.set('weights', formatWeights(address.weights))
  if (address.group !== null) params.set('group', address.group.join(','))
  if (address.group !== null && address.strategy !== 'average') params.set('strategy', address.strategy)
  if (address.aboutModel) params.set('about', 'model')
  if (address.wish !== null) params.set('wish', address.wish)
  return params.size === 0 ? '/' : `/?${params}`
}

/** @returns the id that a person typed or an address holds, null when it is none */
export function asId(text: string | null): number | null {
  const value = wholeNumber(text)
  return isId(value) ? value : null
}

/** `cf:1,content:0.5`; null where none is above 0, which the API refuses */
function parseWeights(text: string): Weights | null {
  const weights: Weights = {}
  for (const part of text.split(',')) {
    const [name, value] = part.split(':')
    const source = WEIGHTED.find((each) => each === name)
    if (source !== undefined && /^(?:0?\.\d{1,2}|0|1)$/.test(value ?? '')) weights[source] = Number(value)
  }
  return Object.values(weights).some((weight) => weight > 0) ? weights : null
}

const formatWeights = (weights: Weights) =>
  WEIGHTED.flatMap((source) => (weights[source] ? [`${source}:${weights[source]}`] : [])).join(',')

function parseGroup(text: string): Member[] {
  const members = text.split(',').map((member) => (member === 'me' ? member : asId(member)))
  return [...new Set(members)].filter((member) => member !== null).slice(0, MAX_MEMBERS)
}

/** 0 to 1 in steps of 0.1; 0 for what is none */
function tenth(text: string | null): number {
  const value = /^(?:0?\.\d|0|1)$/.test(text ?? '') ? Number(text) : 0
  return Math.min(1, value)
}

const wholeNumber = (text: string | null): number | null =>
  /^\d{1,10}$/.test(text?.trim() ?? '') ? Number(text) : null
