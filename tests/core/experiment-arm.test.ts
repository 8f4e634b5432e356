import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { armOf } from '#core/experiment-arm.ts'
import { Experiment } from '#core/schemas/experiment.ts'

const arms = (...shares: number[]) =>
  shares.map((share, at) => ({ name: 'abcdefgh'[at]!, share, modelId: null, options: null }))
const unit = (user: number) => `u${user}`

/** Σ (found − expected)² / expected over the arms, of users 1 to n. */
function chiSquare(salt: string, shares: number[], numUsers: number): number {
  const found = new Map<string, number>()
  for (let user = 1; user <= numUsers; user++) {
    const { name } = armOf({ salt, arms: arms(...shares) }, unit(user))
    found.set(name, (found.get(name) ?? 0) + 1)
  }
  return arms(...shares).reduce((sum, { name, share }) => {
    const expected = share * numUsers
    return sum + ((found.get(name) ?? 0) - expected) ** 2 / expected
  }, 0)
}

describe('the arm of a viewer', () => {
  test('is always the same one', () => {
    const experiment = { salt: 's', arms: arms(0.5, 0.5) }
    for (let user = 1; user < 100; user++) expect(armOf(experiment, unit(user))).toBe(armOf(experiment, unit(user)))
  })

  test.each([[[0.5, 0.5]], [[0.9, 0.1]], [[0.01, 0.99]], [[0.2, 0.3, 0.5]], [[0.25, 0.25, 0.25, 0.25]]])(
    'is drawn by the shares %j, whatever the salt: χ² is as chance has it',
    (shares) => {
      // mean of χ² over 20 salts: its expectation is the degrees of freedom d, its deviation √(2 d / 20)
      const degrees = shares.length - 1
      const salts = Array.from({ length: 20 }, (_, salt) => `salt ${salt}`)
      const mean = salts.reduce((sum, salt) => sum + chiSquare(salt, shares, 5000), 0) / salts.length
      expect(mean).toBeGreaterThan(degrees - 3.5 * Math.sqrt((2 * degrees) / 20))
      expect(mean).toBeLessThan(degrees + 3.5 * Math.sqrt((2 * degrees) / 20))
    },
  )

  test('is independent of the arm under another salt', () => {
    const counts = new Map<string, number>()
    for (let user = 1; user <= 8000; user++) {
      const [one, other] = ['one', 'other'].map((salt) => armOf({ salt, arms: arms(0.5, 0.5) }, unit(user)).name)
      counts.set(`${one}${other}`, (counts.get(`${one}${other}`) ?? 0) + 1)
    }
    // four cells of 2000 ± √(8000 · ¼ · ¾) = 38.7
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(4 * 38.7)
  })

  test('changes for no more viewers than a change of the shares asks for', () => {
    const share = fc.integer({ min: 1, max: 9 })
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 2, maxLength: 4 }),
        fc.array(share, { minLength: 4, maxLength: 4 }),
        (a, b) => {
          const total = (shares: number[]) => shares.reduce((sum, one) => sum + one, 0)
          const shares = (parts: number[]) => parts.map((part) => part / total(parts))
          const before = shares(a)
          const after = shares(b.slice(0, a.length))
          let moved = 0
          for (let user = 1; user <= 300; user++) {
            const from = armOf({ salt: 's', arms: arms(...before) }, unit(user)).name
            const to = armOf({ salt: 's', arms: arms(...after) }, unit(user)).name
            const [lost, won] = [from, to].map((name) => 'abcd'.indexOf(name))
            if (from === to) continue
            moved++
            // relative to each other the arms' weights changed in this direction
            expect(after[won!]! / before[won!]!).toBeGreaterThan(after[lost!]! / before[lost!]! - 1e-12)
          }
          if (before.every((one, at) => Math.abs(one - after[at]!) < 1e-12)) expect(moved).toBe(0)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('with half of the viewers moved from a half to all but none, about half move', () => {
    const [before, after] = [arms(0.5, 0.5), arms(0.999, 0.001)]
    let moved = 0
    for (let user = 1; user <= 2000; user++)
      if (armOf({ salt: 's', arms: before }, unit(user)).name !== armOf({ salt: 's', arms: after }, unit(user)).name)
        moved++
    expect(moved / 2000).toBeCloseTo(0.5, 1)
  })
})

describe('an experiment as it is stored', () => {
  const valid = { name: 'order', startedAt: '2026-01-01T00:00:00.000Z', salt: 's', arms: arms(0.5, 0.5) }

  test('fills in what an arm leaves out', () => {
    const { arms } = Experiment.parse({
      ...valid,
      arms: [
        { name: 'a', share: 0.1 },
        { name: 'b', share: 0.9 },
      ],
    })
    expect(arms[0]).toEqual({ name: 'a', share: 0.1, modelId: null, options: null })
  })

  test.each([
    ['shares that do not sum to 1', { arms: arms(0.5, 0.4) }, 'the shares must sum to 1'],
    ['two arms of one name', { arms: [arms(0.5)[0], arms(0.5)[0]] }, 'every arm must have a name of its own'],
    ['one arm', { arms: arms(1) }, '>=2'],
    ['an arm of nobody', { arms: arms(1, 0) }, '>0'],
    ['a name with a blank', { name: 'my test' }, 'must be 1 to 40 letters'],
    [
      'no blend at all',
      { arms: [{ ...arms(1)[0], share: 0.5, options: { weights: {} } }, arms(0.5, 0.5)[1]] },
      'above 0',
    ],
    ['a field that it does not know', { arm: 1 }, 'Unrecognized key'],
  ])('is refused with %s', (_, change, message) => {
    expect(() => Experiment.parse({ ...valid, ...change })).toThrow(message)
  })
})
