import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ignoreRules, instructionsOf, wordsOf } from '../../../scripts/integration/deploy/dockerfile.ts'

const ROOT = join(import.meta.dirname, '../../..')

test('continued lines are one instruction, comments none', () => {
  expect(instructionsOf('# note\nRUN a \\\n    b\n\nUSER 1000\n')).toEqual([
    { name: 'RUN', rest: 'a b' },
    { name: 'USER', rest: '1000' },
  ])
  expect(() => instructionsOf('run a')).toThrow('found "run a", expected an instruction')
  expect(wordsOf('--interval=5s CMD ["a", "b c"]')).toEqual(['a', 'b c'])
})

test('the last pattern that fits holds', () => {
  const isIgnored = ignoreRules('# note\ndata/*\n!data/sample\n**/node_modules\n*.log\n')
  const fate = [
    'data/ml/x.csv',
    'data/sample/x.csv',
    'node_modules/a.js',
    'a/b/node_modules/c.js',
    'x.log',
    'a/x.log',
    'a.ts',
  ]
  expect(fate.map(isIgnored)).toEqual([true, false, true, true, true, false, false])
})

test('the image has no secrets, no tests, and all that the server starts with', () => {
  const isIgnored = ignoreRules(readFileSync(join(ROOT, '.dockerignore'), 'utf8'))
  for (const path of [
    '.env',
    '.git/config',
    'tests/repository.test.ts',
    'artifacts/1/model/x.arrow',
    'serve/workerd.capnp',
  ])
    expect(isIgnored(path), path).toBe(true)
  for (const path of [
    'scripts/serve.ts',
    'build/index.ts',
    'functions/index.ts',
    'data/sample/ml-latest-small/ratings.csv',
  ])
    expect(isIgnored(path), path).toBe(false)
})
