import { expect, test } from 'vitest'
import { TERMS_IN_VIETNAMESE } from '#core/query/terms-in-vietnamese.ts'
import { tokens } from '#core/text/analyse.ts'
import { MOOD_SIGNS } from '#recommend/query/moods.ts'

test('every sign of a mood has a word in Vietnamese, as explanations say it', () => {
  const signs = Object.values(MOOD_SIGNS).flatMap(({ words }) => tokens(words))
  expect(signs.filter((sign) => !TERMS_IN_VIETNAMESE.has(sign))).toEqual([])
  expect([...TERMS_IN_VIETNAMESE.values()]).not.toContain('')
})
