import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALS_STATE, type AlsState } from '../../../build/train/als/als-problem.ts'
import { openCheckpoint, type TrainingState } from '../../../build/train/checkpoint.ts'

const STATE: TrainingState<AlsState> = {
  isDone: false,
  losses: [0.5, 0.25],
  state: {
    userFactors: Float32Array.of(1, 2, 3),
    itemFactors: Float32Array.of(4, 5),
    previousItemFactors: Float32Array.of(6, 7),
  },
}

let folder: string
let file: string
let lines: string[]
let time: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'))
  file = join(folder, 'checkpoints', 'draft')
  lines = []
  time = 0
})
afterEach(() => rm(folder, { recursive: true }))

function open(resume: boolean) {
  const log = (message: string) => void lines.push(message)
  return openCheckpoint(file, ALS_STATE, {
    resume,
    log: { error: log, warn: log, info: log, debug: log },
    now: () => time,
  })
}

/** As a run does that is 20 s in. */
async function saved(): Promise<void> {
  const checkpoint = open(false)
  time += 20_000
  await checkpoint.save(false, async () => STATE)
}

describe('a checkpoint', () => {
  test('comes back as it was saved', async () => {
    await saved()
    expect(await open(true).load()).toEqual(STATE)
    expect(lines).toEqual([])
  })

  test('counts only when asked for, and is mentioned', async () => {
    await saved()
    expect(await open(false).load()).toBeNull()
    expect(lines).toEqual([`${file}: left by an earlier run; --resume would go on from it, this one starts anew`])
  })

  test('is none before the first save', async () => {
    expect(await open(true).load()).toBeNull()
    expect(lines).toEqual([])
  })

  test('of a training that is over is written if it took long', async () => {
    const checkpoint = open(false)
    await checkpoint.save(true, async () => STATE)
    expect(await open(true).load()).toBeNull()
    time += 20_000
    await checkpoint.save(false, async () => STATE)
    time += 1
    await checkpoint.save(true, async () => STATE)
    expect(await open(true).load()).toEqual({ ...STATE, isDone: true })
  })

  test('is saved every ten seconds, not more often, and leaves no part of a file', async () => {
    let asked = 0
    const checkpoint = open(false)
    for (time = 0; time <= 30_000; time += 1000) {
      await checkpoint.save(false, async () => {
        asked++
        return STATE
      })
    }
    expect(asked).toBe(3)
    expect(await readdir(join(folder, 'checkpoints'))).toEqual(['draft'])
  })

  test('of another learner is as good as none', async () => {
    await saved()
    const log = (message: string) => void lines.push(message)
    const handles = { resume: true, log: { error: log, warn: log, info: log, debug: log } }
    expect(await openCheckpoint<{ learned: Float32Array }>(file, ['learned'], handles).load()).toBeNull()
    expect(lines).toEqual([
      `${file}: found the blocks userFactors, itemFactors, previousItemFactors, expected learned; training starts anew`,
    ])
  })

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 4), '65560 bytes, expected 65564'],
    ['of another version', (bytes: Buffer) => replaced(bytes, '"version":2', '"version":9'), 'version 9, this version'],
    ['of something else', () => Buffer.from('not a checkpoint'), 'is not valid JSON'],
  ])('%s is as good as none, and the log says so', async (_, damage, words) => {
    await saved()
    await writeFile(file, damage(await readFile(file)))
    expect(await open(true).load()).toBeNull()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(file)
    expect(lines[0]).toContain(words)
    expect(lines[0]).toContain('training starts anew')
  })
})

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')
}
