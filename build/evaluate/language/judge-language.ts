import type { Intent } from '#core/schemas/intent.ts'
import type { LabelledQuery } from '#core/schemas/labelled-query.ts'
import { thisYearOf } from './labelled-queries.ts'
import { comparable, judgedSlots, type Slot, type Slots, slotsOfIntent, slotsOfLabel } from './slots.ts'
import type { TitleBook } from './title-book.ts'

export interface SlotScore {
  /** of the values found, the share that was expected; 1 where none was found */
  precision: number
  /** of the values expected, the share that was found; 1 where none was expected */
  recall: number
  /** their harmonic mean */
  f1: number
  /** values expected */
  support: number
}

export interface Miss {
  text: string
  /** only the slots that differ */
  expected: Partial<Slots>
  found: Partial<Slots>
}

export interface Score {
  queries: number
  /** share of the queries of which every judged slot is as expected */
  exact: number
  /** over all values of all slots */
  f1: number
}

export interface LanguageReport extends Score {
  slots: Partial<Record<Slot, SlotScore>>
  byTag: Record<string, Score>
  misses: Miss[]
  /** titles of labels that the catalogue lacks; they were not judged */
  unknownTitles: { text: string; title: string }[]
}

/** Values of a slot, or of several: what was expected and found, expected only, found only. */
interface Counts {
  hits: number
  missed: number
  wrong: number
}

interface Judged {
  query: LabelledQuery
  isExact: boolean
  counts: Map<Slot, Counts>
}

/** How well queries are understood: precision, recall and F1 of each slot's values, micro-averaged, and exact matches. */
export function judgeLanguage(
  queries: LabelledQuery[],
  parse: (text: string, thisYear: number) => Intent,
  titles: TitleBook,
): LanguageReport {
  const judged: Judged[] = []
  const misses: Miss[] = []
  const unknownTitles: LanguageReport['unknownTitles'] = []
  for (const query of queries) {
    const found = slotsOfIntent(parse(query.text, thisYearOf(query)), titles.titleOf)
    const expected = slotsOfLabel(query.expect, titles.named)
    const counts = new Map<Slot, Counts>()
    const miss: Miss = { text: query.text, expected: {}, found: {} }
    for (const slot of judgedSlots(query.expect)) {
      const compared = compare(expected.slots[slot], found[slot])
      counts.set(slot, compared)
      if (compared.missed + compared.wrong === 0) continue
      miss.expected[slot] = expected.slots[slot]
      miss.found[slot] = found[slot]
    }
    const isExact = Object.keys(miss.expected).length === 0
    if (!isExact) misses.push(miss)
    judged.push({ query, isExact, counts })
    unknownTitles.push(...expected.unknownTitles.map((title) => ({ text: query.text, title })))
  }
  const tags = [...new Set(queries.flatMap(({ tags }) => tags))].sort()
  return {
    ...scoreOf(judged),
    slots: slotScores(judged),
    byTag: Object.fromEntries(
      tags.map((tag) => [tag, scoreOf(judged.filter(({ query }) => query.tags.includes(tag)))]),
    ),
    misses,
    unknownTitles,
  }
}

function compare(expected: string[], found: string[]): Counts {
  const wanted = new Set(expected.map(comparable))
  const given = new Set(found.map(comparable))
  const hits = [...wanted].filter((value) => given.has(value)).length
  return { hits, missed: wanted.size - hits, wrong: given.size - hits }
}

function scoreOf(judged: Judged[]): Score {
  const exact = judged.filter(({ isExact }) => isExact).length
  return {
    queries: judged.length,
    exact: judged.length === 0 ? 1 : exact / judged.length,
    f1: slotScore(judged.flatMap(({ counts }) => [...counts.values()])).f1,
  }
}

function slotScores(judged: Judged[]): Partial<Record<Slot, SlotScore>> {
  const slots = new Set(judged.flatMap(({ counts }) => [...counts.keys()]))
  return Object.fromEntries(
    [...slots].map((slot) => [slot, slotScore(judged.flatMap(({ counts }) => counts.get(slot) ?? []))]),
  )
}

function slotScore(counts: Counts[]): SlotScore {
  const sum = (of: keyof Counts) => counts.reduce((total, count) => total + count[of], 0)
  const [hits, missed, wrong] = [sum('hits'), sum('missed'), sum('wrong')]
  const share = (whole: number) => (whole === 0 ? 1 : hits / whole)
  return {
    precision: share(hits + wrong),
    recall: share(hits + missed),
    f1: hits + missed + wrong === 0 ? 1 : (2 * hits) / (2 * hits + missed + wrong),
    support: hits + missed,
  }
}
