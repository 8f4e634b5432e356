import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rank } from '#recommend/index.ts'
import { batchLists, exportLists } from '../../../build/batch/index.ts'
import { openFolder, publishedHistory } from '../../../build/batch/open-folder.ts'
import { openParts, readPart, usersOf, writePart } from '../../../build/batch/parts.ts'
import { run } from '../../../build/cli.ts'
import { Database } from '../../../build/io/database.ts'
import { movePointer, readPointer } from '../../../build/publish/pointer.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { stepHandles } from '../../helpers/step-handles.ts'
import { tinyFiles, tinyManifest } from '../../helpers/tiny-model.ts'
import { startTinyWorker, type TinyWorker } from '../../helpers/tiny-worker.ts'

const MODEL = '00000000000000aa'
const scratch = mkdtempSync(join(tmpdir(), 'marquee-batch-'))
const folder = join(scratch, 'model')
mkdirSync(folder)
for (const [name, bytes] of tinyFiles()) writeFileSync(join(folder, name), bytes)
writeFileSync(join(folder, 'manifest.json'), JSON.stringify(tinyManifest(MODEL)))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const make = (workFolder: string, handles = stepHandles(), threads = 2) =>
  batchLists({ folder, workFolder: join(scratch, workFolder), k: 4, threads, handles })

test('lists of all users are the served ones, with 0 behind a shorter one', async () => {
  const lists = await make('all')
  const { model } = openFolder(folder)
  const [block] = [...lists.read()]
  expect(Array.from(block!.userIds)).toEqual([1, 2, 7])
  for (const [user] of block!.userIds.entries()) {
    const served = rank(await publishedHistory(model, user), {}, 4, model).blended
    expect(Array.from(block!.movieIds.subarray(4 * user, 4 * user + 4))).toEqual(
      served.map(({ itemIndex }) => model.catalog.movieIds[itemIndex]),
    )
  }
  expect(lists).toMatchObject({ modelId: MODEL, k: 4, users: 3, reused: 0 })
})

test('what a stopped run has done is taken over, and what is of another model or length is not', async () => {
  const first = await make('resumed')
  const handles = stepHandles()
  const second = await make('resumed', handles)
  expect(second.reused).toBe(3)
  expect(handles.lines).toContain('batch: 3 of 3 users are done already, by a run that was stopped')
  expect([...second.read()]).toEqual([...first.read()])
  const workFolder = join(scratch, 'resumed')
  const longer = await batchLists({ folder, workFolder, k: 5, threads: 1, handles: stepHandles() })
  expect(longer.reused).toBe(0)
})

test('a part that was not finished is made anew, one of another length is refused', async () => {
  const parts = join(scratch, 'parts')
  expect(openParts(parts, { modelId: MODEL, k: 2 })).toEqual(new Set())
  writePart(parts, 3, Int32Array.of(1, 2))
  writeFileSync(join(parts, 'part-00004.bin.unfinished'), 'x')
  expect(openParts(parts, { modelId: MODEL, k: 2 })).toEqual(new Set([3]))
  expect(Array.from(readPart(parts, 3, 1, 2))).toEqual([1, 2])
  expect(() => readPart(parts, 3, 2, 2)).toThrow('part-00003.bin: 8 bytes, expected 16; remove the folder')
  expect(openParts(parts, { modelId: 'other', k: 2 })).toEqual(new Set())
  expect(usersOf(1, 2050)).toEqual([2048, 2050])
})

test('a run that is stopped leaves what is done, and says why it ended', async () => {
  const stop = new AbortController()
  stop.abort(new Error('asked to stop'))
  await expect(make('stopped', stepHandles(stop.signal))).rejects.toThrow('asked to stop')
  expect(existsSync(join(scratch, 'stopped/parts/parts.json'))).toBe(true)
})

test('a table has a row for each place, as CSV and as Parquet', async () => {
  const lists = await make('exported')
  const [csv, parquet] = [join(scratch, 'lists.csv'), join(scratch, 'lists.parquet')]
  expect(await exportLists(lists, csv)).toMatchObject({ rows: 12 })
  expect(await exportLists(lists, parquet)).toMatchObject({ rows: 12 })
  const lines = readFileSync(csv, 'utf8').split('\n')
  expect(lines.slice(0, 2)).toEqual(['userId,rank,movieId', `1,1,${[...lists.read()][0]!.movieIds[0]}`])
  const database = await Database.open({ threads: 1 })
  const rows = await database.rows(`SELECT concat_ws(',', userId, rank, movieId) AS line FROM '${parquet}'`)
  await database.close()
  expect(rows).toEqual(lines.slice(1, -1).map((line) => ({ line })))
  await expect(exportLists(lists, join(scratch, 'lists.txt'))).rejects.toThrow('a name that ends with .parquet or .csv')
})

describe('marquee batch', () => {
  const store = new MemoryStore()
  let worker: TinyWorker
  beforeAll(async () => {
    worker = await startTinyWorker()
    await worker.publish(MODEL)
    for (const name of readdirSync(folder)) await store.put(`models/${MODEL}/${name}`, readFileSync(join(folder, name)))
    await movePointer(store, await readPointer(store), MODEL, new Date(0))
  }, 30_000)
  afterAll(() => worker.stop())

  async function marquee(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const output = { stdout: '', stderr: '' }
    const refuse = () => Promise.reject(new Error('not to be asked'))
    const code = await run(line.split(' '), {
      stdout: { write: (text) => (output.stdout += text) },
      stderr: { write: (text) => (output.stderr += text) },
      signal: new AbortController().signal,
      cwd: scratch,
      build: refuse,
      prepareTables: refuse,
      openStore: async () => ({
        put: (...given: Parameters<MemoryStore['put']>) => store.put(...given),
        get: (key: string) => store.get(key),
        list: (prefix: string) => store.list(prefix),
        delete: (key: string) => store.delete(key),
        close: async () => {},
      }),
    })
    return { code, ...output }
  }

  async function rows(sql: string): Promise<unknown[][]> {
    return (await (await worker.getD1()).prepare(sql).raw()) as unknown[][]
  }

  test('stores lists that the Worker answers, in place of those of the model before', async () => {
    const database = await worker.getD1()
    await database.exec(
      "INSERT INTO batch_runs VALUES ('old', 2, 5, 6); INSERT INTO batch_lists VALUES (1, 'old', 'Cg'), (99, 'old', 'Cg')",
    )
    await worker.call('/users/7/data', { method: 'DELETE' })
    const { code, stdout, stderr } = await marquee(`batch --k 3 --state ${worker.stateDir} --work work --threads 1`)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(`Top 3 of 3 users by model ${MODEL}`)
    expect(stdout).toContain('The database has them now; 2 of a model before are removed.')
    // 7 was erased
    expect(await rows('SELECT user_id, model_id FROM batch_lists ORDER BY user_id')).toEqual([
      [1, MODEL],
      [2, MODEL],
    ])
    expect(await rows('SELECT model_id, users, completed_at > 0 FROM batch_runs')).toEqual([[MODEL, 3, 1]])
    const { json } = await worker.call('/recommend/user/2?precomputed=true')
    const fresh = await worker.call('/recommend/user/2?k=3')
    expect(json.rung).toBe('batch')
    expect(json.items.map(({ movieId }: { movieId: number }) => movieId)).toEqual(
      fresh.json.items.map(({ movieId }: { movieId: number }) => movieId),
    )
    expect(existsSync(join(scratch, 'work', `${MODEL}-3`))).toBe(false)
  })

  test('once more changes nothing', async () => {
    const before = await rows('SELECT * FROM batch_lists ORDER BY user_id')
    await marquee(`batch --k 3 --state ${worker.stateDir} --work work --threads 1`)
    expect(await rows('SELECT * FROM batch_lists ORDER BY user_id')).toEqual(before)
  })

  test('writes a file and leaves the database alone', async () => {
    const { code, stdout } = await marquee(
      'batch --k 2 --no-store --output out/lists.csv --work work --threads 1 --json told.json',
    )
    expect(code).toBe(0)
    expect(stdout).toContain('lists.csv: 6 rows')
    expect(readFileSync(join(scratch, 'out/lists.csv'), 'utf8').split('\n')).toHaveLength(8)
    expect(JSON.parse(readFileSync(join(scratch, 'told.json'), 'utf8'))).toMatchObject({
      modelId: MODEL,
      k: 2,
      users: 3,
    })
  })

  test('says what is wrong with what was asked, or with the model', async () => {
    expect(await marquee('batch --no-store')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('found no --output'),
    })
    expect(await marquee('batch --output lists.txt')).toMatchObject({ code: 2 })
    expect(await marquee('batch --k 500')).toMatchObject({ code: 2, stderr: expect.stringContaining('at most 200') })
    expect(await marquee('batch --model 00000000000000bb --no-store --output x.csv --work work')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('models/00000000000000bb/manifest.json is missing'),
    })
    store.objects.set(`models/${MODEL}/factors.arrow`, new Uint8Array(10))
    expect(await marquee('batch --no-store --output x.csv --work work')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`models/${MODEL}/factors.arrow has 10 bytes`),
    })
  })
})
