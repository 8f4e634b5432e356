import { describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { allows, checkSpace, presetOf, settingOf, withSettings } from '../../../build/config/config-settings.ts'
import { Space } from '../../../build/tuning/index.ts'

const config = Config.parse({})

test('settings are laid over the configuration, which stays as it is', () => {
  const settled = withSettings(config, { 'model.cf.factors': 16, 'model.cf.recencyHalfLife': null })
  expect(settled.model.cf).toEqual({ ...config.model.cf, factors: 16, recencyHalfLife: null })
  expect(config).toEqual(Config.parse({}))
})

test('a step that is a number counts in a list', () => {
  const settled = withSettings(config, { 'evaluation.cutoffs.1': 7 })
  expect(settled.evaluation.cutoffs).toEqual([5, 7, 20])
  expect(presetOf(settled, ['evaluation.cutoffs.1'])).toEqual({ evaluation: { cutoffs: [5, 7, 20] } })
})

test('values that may not stand together are no configuration', () => {
  const imported = { 'model.cf.type': 'imported' }
  expect(allows(config, imported)).toBe(false)
  expect(allows(config, { ...imported, 'model.cf.imported.path': 'als-model' })).toBe(true)
})

test('a preset has the keys of the space and nothing else', () => {
  const chosen = withSettings(config, { 'model.cf.factors': 16 })
  expect(presetOf(chosen, ['model.cf.factors', 'model.cf.alpha', 'project.seed'])).toEqual({
    model: { cf: { factors: 16, alpha: 40 } },
    project: { seed: 42 },
  })
  expect(settingOf(chosen, 'model.cf.factors')).toBe(16)
})

describe('a space is checked against the configuration', () => {
  const check = (space: unknown) => () => checkSpace(Space.parse(space), config)

  test('what may stand alone may be searched, also what other values must stand beside', () => {
    expect(
      check({
        'model.cf.factors': { low: 8, high: 128, step: 8 },
        'model.cf.type': ['als', 'imported'],
        'project.seed': [1, 2],
      }),
    ).not.toThrow()
  })

  test.each([
    [{ 'model.cf.factor': [8] }, 'model.cf.factor: unknown key; did you mean model.cf.factors?'],
    [{ 'model.factors': [8] }, 'model.factors: unknown key; did you mean model.cf.factors?'],
    [{ 'model.cf.factors': [8, 60] }, 'model.cf.factors: found 60; must be a multiple of 8'],
    [{ 'model.cf.factors': [1024] }, 'model.cf.factors: found 1024; must be at most 512'],
    [{ 'model.cf.unobservedWeight': { low: 0.1, high: 2 } }, 'model.cf.unobservedWeight: found 2; must be at most 1'],
    [{ 'model.cf.solver': ['newton'] }, /model\.cf\.solver: found "newton"; must be one of whitenedCg, cg, cholesky/],
    [{ 'model.cf': [8] }, /model\.cf: found 8; must be an object/],
    [{ 'split.train': [0.8] }, /split\.train: not to be searched; must be a key of model but stars/],
    [{ 'model.stars.factors': [16] }, /model\.stars\.factors: not to be searched/],
  ])('%j is refused', (space, message) => {
    expect(check(space)).toThrow(message)
  })

  test('a range between whole numbers must say so', () => {
    expect(check({ 'model.cf.iterations': { low: 4, high: 64 } })).toThrow(
      /iterations: found \d+\.\d+; must be a whole/,
    )
    expect(check({ 'model.cf.iterations': { low: 4, high: 64, integer: true } })).not.toThrow()
  })

  test('all that is wrong is told at once', () => {
    expect(check({ 'model.cf.alfa': [1], 'model.cf.factors': [1] })).toThrow(/alfa: unknown key.*\n.*factors: found 1;/)
  })
})
