import { describe, expect, test } from 'vitest'
import { leaderboardText, renderReport } from '../../../build/report/index.ts'
import { marksOf } from '../../../build/report/marks.ts'
import { FINDINGS } from './findings.ts'

const report = renderReport(FINDINGS)
const bare = renderReport({ ...FINDINGS, card: null, stars: null, examination: null })

/** What stands above each plot or table. */
function titles(page: string): string[] {
  return [...page.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title!)
}

describe('the report', () => {
  test('is the same every time', () => {
    expect(renderReport(structuredClone(FINDINGS))).toBe(report)
  })

  test('fetches nothing and runs nothing', () => {
    expect(report).not.toMatch(/<script|<link|<img|@import|url\(|https?:|\son\w+=/)
  })

  test('names of projects and movies are text', () => {
    expect(report).toContain('<h1>How well the models recommend: a &lt;small&gt; test</h1>')
    expect(report).not.toContain('& <more>')
  })

  test('every plot has a name, a description and its numbers as a table', () => {
    const figures = report.split('<figure').slice(1)
    expect(figures.length).toBeGreaterThanOrEqual(15)
    for (const figure of figures) {
      expect(figure).toMatch(/<figcaption>\S/)
      expect(figure).toContain('<table>')
      // one for desks, one for phones
      if (figure.includes('<svg'))
        expect(figure.match(/<svg [^>]*role="img"><title>[^<]+<\/title><desc>[^<]+/g)).toHaveLength(2)
    }
  })

  test('no number in it is NaN, undefined or infinite', () => {
    for (const page of [report, bare]) expect(page.match(/.{30}(NaN|undefined|Infinity|null).{30}/g)).toBeNull()
  })

  test('every colour that a plot asks for is in the style sheet', () => {
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(report)!
    const asked = new Set([...report.matchAll(/class="[^"]*?\b([mg]\d)\b/g)].map(([, color]) => color))
    for (const color of asked) expect(style).toMatch(new RegExp(`\\.${color}\\b`))
  })

  test('says how the numbers can be had again', () => {
    for (const fact of [
      'the last ratings of each user',
      '900 ratings of 40 movies',
      FINDINGS.buildId!,
      FINDINGS.command,
    ])
      expect(report).toContain(fact)
  })

  test('without an examination it has the leaderboard and the protocol', () => {
    expect(titles(bare)).toHaveLength(4)
    expect(bare).not.toContain('Nearest neighbours')
  })

  test('without models there is nothing to report', () => {
    expect(() => renderReport({ ...FINDINGS, models: [] })).toThrow('found no models, a report is about one at least')
  })
})

test('an evaluation in which nothing was found has a report too', () => {
  const zeroed = JSON.parse(
    JSON.stringify(FINDINGS, (key, value) => (['mean', 'low', 'high', 'x', 'y'].includes(key) ? 0 : value)),
  )
  zeroed.examination.slices[0].groups = []
  expect(renderReport(zeroed).match(/.{30}(NaN|undefined|Infinity|null).{30}/g)).toBeNull()
})

describe('titles say what the numbers say', () => {
  test('who leads, and by how much', () => {
    // 0.12 / 0.06 = 2
    expect(titles(report)[0]).toBe('marquee leads with NDCG@10 0.1200, 2.0 times popularity')
    const worse = FINDINGS.models.with(0, {
      ...FINDINGS.models[0]!,
      metrics: { 'ndcg@10': FINDINGS.models[2]!.metrics['ndcg@10']! },
    })
    expect(titles(renderReport({ ...FINDINGS, models: worse }))[0]).toBe(
      'als leads with NDCG@10 0.1000; the served marquee has 0.0300',
    )
  })

  test('a difference whose interval holds 0 is no lead', () => {
    expect(titles(report)[1]).toBe('marquee is clearly ahead of 3 of the 4 rows it is compared with')
    expect(report).toContain('Here that is so for als.')
  })

  test('diversity is cheap as long as it costs less than 1 % of the accuracy', () => {
    // 1 − 0.1194 / 0.12 = 0.5 %
    expect(titles(report)).toContain('Diversity up to 0.2 costs 0.5\u00a0% of the accuracy')
  })

  test('the blend is used where its interval lies above 0', () => {
    expect(titles(report)).toContain('The blend had to prove itself, and did for 1 of 2 lengths of history')
  })

  test('the learned order has to prove itself too, and says what it goes by', () => {
    expect(titles(report)).toContain('A learned order of the first 100 movies proved itself: +0.0100')
    expect(titles(report)).toContain('The learned order goes by nextByLast more than by anything else: 60\u00a0%')
    const card = FINDINGS.card!
    const ranker = { ...card.model.ranker!, shipped: false, gains: {} }
    const refused = renderReport({ ...FINDINGS, card: { ...card, model: { ...card.model, ranker } } })
    expect(titles(refused)).toContain(
      'A learned order of the first 100 movies did not prove itself, and is not used: +0.0100',
    )
  })

  test('genres that lie apart in the plane are seen', () => {
    // each movie's 10 nearest are of its own genre; by chance half of them would be
    expect(titles(report)).toContain(
      'Movies of one genre lie together, though genres were never told: 100\u00a0% of the nearest share it, 50\u00a0% would by chance',
    )
  })

  test('of errors less is better, and stars alone need no list lengths', () => {
    const { models } = FINDINGS.stars!
    const stars = renderReport({
      ...FINDINGS,
      models: models.map((model) => ({ ...model, coverage: {} })),
      differences: [{ a: 'marquee', b: 'globalMean', metrics: { rmse: { mean: -0.2, low: -0.21, high: -0.19 } } }],
      ...{ card: null, examination: null },
    })
    expect(titles(stars).slice(0, 3)).toEqual([
      'marquee leads with RMSE 0.8500',
      'marquee is clearly ahead of globalMean',
      'Every measure of the error',
    ])
    expect(titles(stars)).toContain('Four stars mean four: predictions and ratings differ by 0.06 stars within bins')
  })
})

describe('marks', () => {
  test('a model keeps its colour whatever stands beside the learned ones', () => {
    const with_ = marksOf(['marquee', 'als', 'popularity', 'next'])
    const without = marksOf(['marquee', 'als', 'next'])
    for (const name of ['marquee', 'als', 'next']) expect(with_.get(name)).toEqual(without.get(name))
  })

  test('no two of nine models look alike', () => {
    const marks = marksOf(['marquee', 'als', 'next', 'ease', 'itemKnn', 'content', 'bpr', 'popularity', 'random'])
    expect(new Set([...marks.values()].map(({ color }) => color)).size).toBe(9)
    expect(new Set([...marks.values()].map(({ shape }) => JSON.stringify(shape))).size).toBe(9)
  })
})

describe('the leaderboard as text', () => {
  const text = leaderboardText(FINDINGS)

  test('has every model with its interval, the best first, and the length of the report before the others', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| '))
    expect(rows[0]).toMatch(/^\| model +\| +NDCG@10 \| +Recall@10 \| Coverage@10 \|$/)
    expect(rows.slice(2, 7).map((row) => row.split(' ')[1])).toEqual([
      'marquee',
      'als',
      'popularity',
      'content',
      'random',
    ])
    expect(rows[2]).toContain('0.1200 [0.1100, 0.1300]')
    expect(rows[7]).toContain('NDCG@5')
  })

  test('has the paired differences and how the numbers came about', () => {
    expect(text).toContain('| marquee − als        | +0.0200 | −0.0100 | +0.0500 |')
    expect(text).toContain('- protocol: test: the last ratings of each user\n- data: 900 ratings')
    expect(text).toContain('- command: `npx marquee evaluate --report r.html`\n')
  })

  test('the columns of a table are aligned', () => {
    const lengths = text.split('\n\n').map(
      (block) =>
        new Set(
          block
            .split('\n')
            .filter((line) => line.startsWith('|'))
            .map((line) => line.length),
        ),
    )
    for (const length of lengths) expect(length.size).toBeLessThanOrEqual(1)
  })
})
