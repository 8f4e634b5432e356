import type { Mood } from '#core/schemas/intent.ts'
import type { Explanation } from '#core/schemas/query.ts'
import { GENRES_IN_VIETNAMESE, MOODS_IN_VIETNAMESE } from '#core/text/vietnamese.ts'
import type { Llm, LlmFailure, Prompts } from '../handles.ts'
import { explainCall } from '../prompts/explain.ts'
import { explainByTemplate } from './explain.ts'
import type { Facts } from './facts.ts'
import { violationsOf } from './grounding.ts'

export type ModelExplanation = Explanation & {
  /** why the model's words were not taken; malformed: they said more than the facts, also when asked again */
  failure: LlmFailure | null
}

/** The model's words for a movie where they say nothing but the facts; else the template's. */
export async function explainByModel(
  movieId: number,
  facts: Facts,
  llm: Llm,
  prompts: Prompts,
): Promise<ModelExplanation> {
  const { title, language } = facts
  const told = LABELS[language](facts)
  const reply = await llm.text({
    // the facts are the whole of what the reply depends on
    ...explainCall(prompts.explain, { movieId, title, language, facts: told, profileVersion: JSON.stringify(told) }),
    read: (text) => grounded(text, facts),
  })
  return reply.ok
    ? { text: reply.value, by: 'model', failure: null }
    : { text: explainByTemplate(facts), by: 'template', failure: reply.reason }
}

function grounded(text: string, facts: Facts): string {
  const violations = violationsOf(text, facts)
  if (violations.length > 0) throw new RangeError(`not as the facts are: ${violations.join(', ')}`)
  return text.trim()
}

interface Told {
  label: string
  text: string
}

/** The facts in words, as the prompt's examples have them. */
const LABELS: Record<Facts['language'], (facts: Facts) => Told[]> = {
  en: ({ genres, year, receipt, because, meanRating, numRatings }) =>
    told([
      ['genres', genres],
      ['year', [year]],
      ['people', receipt.people],
      ['like a movie that the viewer named', receipt.similarTo],
      ['like a movie that the viewer liked', because],
      ['about', receipt.terms],
      ...(receipt.moods ?? []).map(({ mood, signs }): Row => [`what makes it ${mood}`, signs]),
      ['has none of', receipt.without],
      ['stars', meanRating === null ? [] : [`${meanRating} from ${numRatings} ratings`]],
    ]),
  vi: ({ genres, year, receipt, because, meanRating, numRatings }) =>
    told([
      ['thể loại', genres.map((name) => GENRES_IN_VIETNAMESE[name] ?? name)],
      ['năm', [year]],
      ['đạo diễn hoặc diễn viên', receipt.people],
      ['giống phim người xem nêu', receipt.similarTo],
      ['giống phim người xem đã thích', because],
      ['nói về', receipt.terms],
      ...(receipt.moods ?? []).map(({ mood, signs }): Row => [`nét ${MOODS_IN_VIETNAMESE[mood as Mood]}`, signs]),
      ['không có', receipt.without?.map((name) => GENRES_IN_VIETNAMESE[name] ?? name)],
      ['số sao', meanRating === null ? [] : [`${meanRating} từ ${numRatings} lượt đánh giá`]],
    ]),
}

type Row = [label: string, values: readonly (string | number | null)[] | undefined]

function told(rows: Row[]): Told[] {
  return rows
    .map(([label, values = []]) => ({ label, text: values.filter((value) => value !== null).join(', ') }))
    .filter(({ text }) => text !== '')
}
