import { expect, test } from 'vitest'
import { exposition } from '../../../functions/metrics/exposition.ts'
import { counter, gauge, histogram } from '../../../functions/metrics/instruments.ts'
import { readExposition } from '../../helpers/read-exposition.ts'

test('a counter grows by label, and stands at 0 where its labels are known', () => {
  const writes = counter<'kind'>('writes_total', 'Writes.', [{ kind: 'seen' }])
  writes.add({ kind: 'liked' })
  writes.add({ kind: 'liked' }, 2)
  expect(exposition([writes])).toBe(
    '# HELP writes_total Writes.\n# TYPE writes_total counter\n' +
      'writes_total{kind="seen"} 0\nwrites_total{kind="liked"} 3\n',
  )
})

test('a value on a bound is in its bucket, one above all in the last', () => {
  const seconds = histogram<'route'>('seconds', 'Time.', [0.1, 1])
  for (const value of [0.1, 0.5, 7]) seconds.observe({ route: '/a' }, value)
  expect(exposition([seconds]).split('\n').slice(2)).toEqual([
    'seconds_bucket{route="/a",le="0.1"} 1',
    'seconds_bucket{route="/a",le="1"} 2',
    'seconds_bucket{route="/a",le="+Inf"} 3',
    'seconds_sum{route="/a"} 7.6',
    'seconds_count{route="/a"} 3',
    '',
  ])
})

test('quotes, backslashes and line breaks in labels and help are escaped', () => {
  const text = exposition([gauge('g', 'a\\b\nc', { labels: { x: 'q"\\\n' }, value: 1 })])
  expect(text).toBe('# HELP g a\\\\b\\nc\n# TYPE g gauge\ng{x="q\\"\\\\\\n"} 1\n')
  expect(readExposition(text).get('g')!.samples.get('g{x="q\\"\\\\\\n"}')).toBe(1)
})

test('a family without samples still says what it is', () => {
  expect([...readExposition(exposition([counter('none_total', 'Nothing yet.')]))]).toEqual([
    ['none_total', { type: 'counter', help: 'Nothing yet.', samples: new Map() }],
  ])
})
