import { describe, expect, test } from 'vitest'
import { memoryPlan, openEngine } from '../../../build/train/engine.ts'
import { randomMatrix } from '../../helpers/random.ts'

const FACTORS = 8
const signal = new AbortController().signal
const options = { what: 'test: 100 rows', scratchBytes: 0, threads: 1, signal }

/** Σ λ_r|row|² by chunks, of 100 rows. */
async function penalties(threads: number, rowsPerChunk: number, onRows?: (done: number) => void): Promise<number[]> {
  const plan = memoryPlan()
  const rows = plan.place(100 * FACTORS * 4)
  const lambdas = plan.place(100 * 4)
  const parts = plan.place(Math.ceil(100 / rowsPerChunk) * FACTORS * FACTORS * 4)
  const engine = openEngine(plan, { ...options, threads })
  try {
    engine.f32(rows, 100 * FACTORS).set(randomMatrix(100, FACTORS, 1))
    engine.f32(lambdas, 100).fill(1)
    const chunks = { numRows: 100, rowsPerChunk, ...(onRows && { onRows }) }
    return [...(await engine.run('gramianOfRows', chunks, rows, FACTORS, lambdas, rowsPerChunk, parts))]
  } finally {
    await engine.close()
  }
}

describe('the engine', () => {
  test('gives the results by chunk, the same with any number of threads', async () => {
    const one = await penalties(1, 16)
    expect(one).toHaveLength(7)
    const values = randomMatrix(100, FACTORS, 1)
    const last = values.subarray(96 * FACTORS).reduce((sum, value) => sum + value * value, 0)
    expect(one[6]).toBeCloseTo(last, 4)
    expect(await penalties(3, 16)).toEqual(one)
  })

  test('tells how far it is, at the start and at the end for certain', async () => {
    const told: number[] = []
    await penalties(1, 16, (done) => told.push(done))
    expect([told[0], told.at(-1)]).toEqual([0, 100])
  })

  test('has blocks on lines of 64 bytes, none of them on the first page', () => {
    const plan = memoryPlan()
    expect([plan.place(1), plan.place(100), plan.place(8)]).toEqual([65_536, 65_600, 65_728])
    expect(plan.sizeBytes()).toBe(65_792)
  })

  test.each([
    [5 * 2 ** 30, 'test: 100 rows take 5.0 GiB, a WebAssembly memory holds 4'],
    [2 ** 32, 'test: 100 rows take 4.0 GiB, a WebAssembly memory holds 4'],
  ])('refuses %i bytes before any work', (sizeBytes, message) => {
    const plan = memoryPlan()
    plan.place(sizeBytes)
    expect(() => openEngine(plan, options)).toThrow(new RangeError(message))
  })

  test.each([0, 1.5, Number.NaN])('refuses %f threads', (threads) => {
    const message = `threads is ${threads}, expected a whole number from 1 up`
    expect(() => openEngine(memoryPlan(), { ...options, threads })).toThrow(new RangeError(message))
  })

  test('rejects with the reason when it is stopped', async () => {
    const controller = new AbortController()
    const plan = memoryPlan()
    const rows = plan.place(100 * FACTORS * 4)
    const engine = openEngine(plan, { ...options, signal: controller.signal })
    controller.abort(new Error('enough'))
    const chunks = { numRows: 100, rowsPerChunk: 16 }
    await expect(engine.run('extrapolateRows', chunks, rows, rows, FACTORS, 0)).rejects.toThrow('enough')
    await engine.close()
  })
})
