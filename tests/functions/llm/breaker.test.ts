import { describe, expect, test } from 'vitest'
import { Breaker } from '../../../functions/llm/breaker.ts'

const failing = (times: number, at = 0) => {
  const breaker = new Breaker()
  for (let failure = 0; failure < times; failure++) breaker.failed(at + failure)
  return breaker
}

describe('a breaker', () => {
  test('opens with the fifth failure within 20 s', () => {
    expect(failing(4).mayAsk(10)).toBe(true)
    expect(failing(5).mayAsk(10)).toBe(false)
  })

  test('forgets failures of more than 20 s ago, and all when something works', () => {
    const late = failing(4)
    late.failed(20_004)
    expect(late.mayAsk(20_005)).toBe(true)
    const works = failing(4)
    works.worked()
    works.failed(10)
    expect(works.mayAsk(11)).toBe(true)
  })

  test('lets one call try after 15 s, and closes when it works', () => {
    const breaker = failing(5)
    expect(breaker.mayAsk(14_000)).toBe(false)
    expect([breaker.mayAsk(15_004), breaker.mayAsk(15_005)]).toEqual([true, false])
    breaker.worked()
    expect([breaker.mayAsk(15_100), breaker.mayAsk(15_100)]).toEqual([true, true])
  })

  test('rests again when the try fails', () => {
    const breaker = failing(5)
    expect(breaker.mayAsk(15_004)).toBe(true)
    breaker.failed(15_100)
    expect([breaker.mayAsk(30_000), breaker.mayAsk(30_100)]).toEqual([false, true])
  })

  test('rests no longer for calls that were under way when it opened', () => {
    const breaker = failing(5)
    breaker.failed(14_000)
    expect(breaker.mayAsk(15_004)).toBe(true)
  })

  test('does not wait for ever for a try whose request was cancelled', () => {
    const breaker = failing(5)
    expect([breaker.mayAsk(15_004), breaker.mayAsk(20_003), breaker.mayAsk(20_004)]).toEqual([true, false, true])
  })
})
