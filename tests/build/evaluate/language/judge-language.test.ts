import { describe, expect, test } from 'vitest'
import type { Intent } from '#core/schemas/intent.ts'
import { judgeLanguage } from '../../../../build/evaluate/language/judge-language.ts'
import { LabelError, readLabelledQueries } from '../../../../build/evaluate/language/labelled-queries.ts'
import { openTitleBook } from '../../../../build/evaluate/language/title-book.ts'
import { NOTHING_ASKED } from '../../../helpers/intents.ts'
import { tinyCatalog, tinyLexicon } from '../../../helpers/tiny-lexicon.ts'

const lexicon = tinyLexicon()
const titles = openTitleBook(tinyCatalog(), lexicon)

/** Judge what a parser found of each text. */
function judge(labels: object[], found: Record<string, Partial<Intent>>) {
  const queries = readLabelledQueries(labels.map((label) => JSON.stringify(label)).join('\n'), 'labels.jsonl')
  return judgeLanguage(queries, (text) => ({ ...NOTHING_ASKED, ...found[text] }), titles)
}

describe('scores', () => {
  test('count values: one of two genres found, one year too many', () => {
    const report = judge([{ text: 'q', expect: { must_genres: ['Comedy', 'Drama'] } }], {
      q: { mustGenres: ['Comedy'], yearFrom: 1990 },
    })
    expect(report.slots.must_genres).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3, support: 2 })
    expect(report.slots.year_from).toEqual({ precision: 0, recall: 1, f1: 0, support: 0 })
    // 1 hit, 1 missed, 1 wrong: 2 · 1 / (2 · 1 + 1 + 1)
    expect(report).toMatchObject({ queries: 1, exact: 0, f1: 0.5 })
  })

  test('a query of which nothing is expected is exact when nothing is found', () => {
    const report = judge([{ text: 'q', expect: {} }], {})
    expect(report).toMatchObject({ queries: 1, exact: 1, f1: 1, misses: [] })
    expect(report.slots.people).toEqual({ precision: 1, recall: 1, f1: 1, support: 0 })
  })

  test('“last year” counts from the year of the label, else from the clock', () => {
    const asked: number[] = []
    const queries = readLabelledQueries(
      '{"text":"a","expect":{},"this_year":2020}\n{"text":"b","expect":{}}',
      'labels.jsonl',
    )
    judgeLanguage(
      queries,
      (_, thisYear) => {
        asked.push(thisYear)
        return NOTHING_ASKED
      },
      titles,
    )
    expect(asked).toEqual([2020, new Date().getUTCFullYear()])
  })

  test('each miss says what differs, and nothing else', () => {
    const report = judge([{ text: 'q', expect: { mood: 'sad', must_genres: ['War'] } }], {
      q: { moods: ['happy'], mustGenres: ['War'] },
    })
    expect(report.misses).toEqual([{ text: 'q', expected: { mood: ['sad'] }, found: { mood: ['happy'] } }])
  })

  test('stand for each tag', () => {
    const labels = [
      { text: 'a', expect: {}, tags: ['vi', 'year'] },
      { text: 'b', expect: { year_to: 1999 }, tags: ['vi'] },
    ]
    const { byTag } = judge(labels, {})
    expect(byTag).toEqual({ vi: { queries: 2, exact: 0.5, f1: 0 }, year: { queries: 1, exact: 1, f1: 1 } })
  })

  test('names are the same whatever their case and marks', () => {
    const report = judge([{ text: 'q', expect: { people: ['penelope cruz'] } }], { q: { people: ['Penélope Cruz'] } })
    expect(report.exact).toBe(1)
  })

  test('slots beyond the seven count only where a label names them', () => {
    const found = { q: { runtimeTo: 90, originalLanguage: 'ko' } }
    expect(judge([{ text: 'q', expect: {} }], found)).toMatchObject({ exact: 1 })
    expect(judge([{ text: 'q', expect: { runtime_to: 90 } }], found)).toMatchObject({ exact: 1, f1: 1 })
    expect(judge([{ text: 'q', expect: { original_language: 'fr' } }], found).slots.original_language?.f1).toBe(0)
  })
})

describe('titles of labels', () => {
  test.each([
    ['The Dark Knight (2008)', 'The Dark Knight (2008)'],
    ['Dark Knight, The (2008)', 'The Dark Knight (2008)'],
    ['Solaris (1972)', 'Solaris (Solyaris) (1972)'],
    ['solaris (solyaris) (1972)', 'Solaris (Solyaris) (1972)'],
    ['Solaris', 'Solaris (2002)'],
    ['2001: A Space Odyssey (1968)', '2001: A Space Odyssey (1968)'],
    ['King Kong (1976)', undefined],
    ['No Such Movie (2001)', undefined],
  ])('%s', (label, title) => {
    expect(titles.named(label)).toBe(title)
  })

  test('are movies, not words', () => {
    const found = { q: { similarTitles: [{ movieId: 5, title: 'Solaris (Solyaris)' }] } }
    expect(judge([{ text: 'q', expect: { similar_titles: 'Solaris (1972)' } }], found).exact).toBe(1)
    expect(judge([{ text: 'q', expect: { similar_titles: ['Solaris (2002)'] } }], found).exact).toBe(0)
  })

  test('that the catalogue lacks are told, and not judged', () => {
    const report = judge([{ text: 'q', expect: { similar_titles: ['No Such Movie (2001)'] } }], {})
    expect(report.unknownTitles).toEqual([{ text: 'q', title: 'No Such Movie (2001)' }])
    expect(report).toMatchObject({ exact: 1, misses: [] })
  })
})

describe('a file of labels', () => {
  const read = (text: string) => () => readLabelledQueries(text, 'my.jsonl')

  test('may have empty lines, CRLF and a byte order mark', () => {
    expect(read('\ufeff{"text":"a","expect":{}}\r\n\r\n{"text":"b","expect":{"mood":"sad"}}\n')()).toEqual([
      { text: 'a', expect: {}, tags: [] },
      { text: 'b', expect: { mood: ['sad'] }, tags: [] },
    ])
  })

  test.each([
    ['{"text":"a","expect":{}}\nnot json', 'my.jsonl, line 2: found no JSON, expected {"text":"…","expect":{…}}'],
    ['{"expect":{}}', 'my.jsonl, line 1: text: Invalid input: expected string, received undefined'],
    ['{"text":"a"}', 'my.jsonl, line 1: expect: Invalid input: expected object, received undefined'],
    ['{"text":"a","expect":{"genre":"War"}}', 'my.jsonl, line 1: expect: Unrecognized key: "genre"'],
    ['{"text":"a","expect":{"year_from":"1990"}}', 'my.jsonl, line 1: expect.year_from: Invalid input'],
    ['', 'my.jsonl: found no query, expected one a line as JSON'],
  ])('%j', (text, message) => {
    expect(read(text)).toThrow(LabelError)
    expect(read(text)).toThrow(message)
  })
})
