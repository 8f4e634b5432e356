import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MOODS } from '#core/schemas/intent.ts'
import { GENRES_IN_VIETNAMESE } from '#core/text/vietnamese.ts'
import { explainByTemplate } from '#recommend/query/explain.ts'
import type { Facts } from '#recommend/query/facts.ts'
import { violationsOf } from '#recommend/query/grounding.ts'

const CONTACT: Facts = {
  language: 'en',
  title: 'Contact (1997)',
  year: 1997,
  genres: ['Drama', 'Sci-Fi'],
  receipt: {
    genres: ['Sci-Fi'],
    year: 1997,
    without: ['Horror'],
    similarTo: ['Interstellar (2014)'],
    terms: ['space', 'signal'],
    moods: [{ mood: 'sad', signs: ['grief', 'loss', 'death'] }],
  },
  directedBy: [],
  because: ['Gattaca (1997)'],
  meanRating: '3.7',
  numRatings: 127,
}
const VI: Facts = { ...CONTACT, language: 'vi' }

describe('templates', () => {
  test('say what the movie has of the query, and then its mood, the taste or its stars', () => {
    expect(explainByTemplate(CONTACT)).toBe(
      'Like Interstellar (2014), with “space”, “signal”. What makes it sad: “grief”, “loss”.',
    )
    expect(explainByTemplate({ ...CONTACT, receipt: { genres: ['Sci-Fi'] } })).toBe(
      'Sci-Fi from 1997. It suits your taste for Gattaca (1997).',
    )
    expect(explainByTemplate({ ...CONTACT, receipt: { people: ['Jodie Foster'] }, because: [] })).toBe(
      'Drama, Sci-Fi from 1997 with Jodie Foster. 3.7 stars from 127 ratings.',
    )
  })

  test('tell who directed it from who plays in it', () => {
    const people = {
      receipt: { people: ['Robert Zemeckis', 'Jodie Foster'] },
      directedBy: ['Robert Zemeckis'],
      because: [],
    }
    expect(explainByTemplate({ ...CONTACT, ...people })).toBe(
      'Drama, Sci-Fi from 1997 by Robert Zemeckis with Jodie Foster. 3.7 stars from 127 ratings.',
    )
    expect(explainByTemplate({ ...VI, ...people })).toBe(
      'Phim chính kịch, khoa học viễn tưởng năm 1997 của Robert Zemeckis, có Jodie Foster đóng. 3,7 sao qua 127 lượt đánh giá.',
    )
  })

  test('speak Vietnamese', () => {
    expect(explainByTemplate(VI)).toBe(
      'Giống Interstellar (2014), có nhắc đến vũ trụ, “signal”. Nét buồn: đau buồn, mất mát.',
    )
    expect(explainByTemplate({ ...VI, receipt: { genres: ['Sci-Fi'] }, because: [] })).toBe(
      'Phim khoa học viễn tưởng năm 1997. 3,7 sao qua 127 lượt đánh giá.',
    )
  })

  test('find words for a movie of which nothing is known', () => {
    const nothing = { ...CONTACT, year: null, genres: [], receipt: {}, because: [], meanRating: null, numRatings: 0 }
    expect(explainByTemplate(nothing)).toBe('A movie.')
    expect(explainByTemplate({ ...nothing, language: 'vi' })).toBe('Phim.')
  })

  test('always stand on the facts', () => {
    const names = fc.constantFrom(
      'Heat (1995)',
      'Matrix, The (1999)',
      'Đừng Đốt (2009)',
      '2001: A Space Odyssey (1968)',
    )
    const genre = fc.constantFrom(...Object.keys(GENRES_IN_VIETNAMESE))
    const facts: fc.Arbitrary<Facts> = fc.record({
      language: fc.constantFrom('vi', 'en'),
      title: names,
      year: fc.option(fc.integer({ min: 1900, max: 2026 })),
      genres: fc.uniqueArray(genre, { maxLength: 4 }),
      receipt: fc.record(
        {
          similarTo: fc.array(names, { minLength: 1, maxLength: 3 }),
          people: fc.array(fc.constantFrom('Tom Hanks', 'Trần Anh Hùng'), { minLength: 1, maxLength: 2 }),
          terms: fc.array(fc.constantFrom('space', 'time travel', 'horror'), { minLength: 1, maxLength: 3 }),
          moods: fc.constantFrom(...MOODS).map((mood) => [{ mood, signs: ['grief', 'loss'] }]),
        },
        { requiredKeys: [] },
      ),
      directedBy: fc.constantFrom([], ['Tom Hanks']),
      because: fc.array(names, { maxLength: 2 }),
      meanRating: fc.option(fc.constantFrom('3.7', '5.0')),
      numRatings: fc.integer({ min: 0, max: 9999 }),
    })
    fc.assert(
      fc.property(facts, (some) => {
        expect(violationsOf(explainByTemplate(some), some)).toEqual([])
      }),
    )
  })
})

describe('grounding', () => {
  test.each([
    ['Like Interstellar, Contact is a drama about a signal from space.', CONTACT],
    ['A Sci-Fi film from 1997 with 3.7 stars, and no horror in it. You liked Gattaca too.', CONTACT],
    ['Contact (1997) suits you: it is sad, with grief and loss.', CONTACT],
    ['Contact là phim khoa học viễn tưởng năm 1997, giống Interstellar mà không có kinh dị.', VI],
    ['Vì bạn thích Gattaca, bạn sẽ thấy phim này hợp gu.', VI],
  ])('lets pass: %s', (text, facts) => {
    expect(violationsOf(text, facts)).toEqual([])
  })

  test('dots within a title end no sentence', () => {
    const facts = { ...VI, receipt: { similarTo: ['Seven (a.k.a. Se7en)'] } }
    expect(violationsOf('Giống Seven (a.k.a. Se7en). Phim này hợp gu của bạn.', facts)).toEqual([])
  })

  test.each([
    ['Like Arrival, it is about a signal from space.', CONTACT, 'name'],
    ['Jodie Foster plays an astronomer.', CONTACT, 'name'],
    ['A drama directed by Robert Zemeckis.', CONTACT, 'name'],
    ['A sad drama from 1998.', CONTACT, 'number'],
    ['It won 2 Oscars.', CONTACT, 'number'],
    ['A romance among the stars.', CONTACT, 'genre'],
    ['Một bộ phim chiến tranh buồn.', VI, 'genre'],
    ['Phim này giống “Kẻ Du Hành”.', VI, 'name'],
    ['It is like “the arrival of aliens”.', CONTACT, 'name'],
    ['A drama about space.', VI, 'language'],
    ['Một bộ phim buồn về vũ trụ.', CONTACT, 'language'],
    ['One. Two. Three.', CONTACT, 'tooLong'],
    ['See https://example.org for more.', CONTACT, 'markup'],
    ['<b>Contact</b>', CONTACT, 'markup'],
    ['', CONTACT, 'empty'],
    ['👍', CONTACT, 'empty'],
  ])('refuses: %s', (text, facts, violation) => {
    expect(violationsOf(text, facts)).toContain(violation)
  })
})
