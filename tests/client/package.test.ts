import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildClient, type ClientBuild } from '../../scripts/build-client.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

/** The package as npm would give it to an app: packed, installed, and used from outside of this repository. */

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/.bin/tsc')

let folder: string
let built: ClientBuild
let worker: TinyWorker
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-client-'))
  built = await buildClient(join(folder, 'package'))
  const { stdout } = await run('npm', ['pack', './package', '--silent'], { cwd: folder })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${stdout.trim()}`], { cwd: folder })
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 90_000)
afterAll(async () => {
  await worker?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('is one module with declarations and a README, and small', async () => {
  const files = await readdir(join(folder, 'node_modules/marquee-client'))
  expect(files.filter((name) => !name.endsWith('.d.ts')).sort()).toEqual(['README.md', 'index.js', 'package.json'])
  expect(built.gzipBytes).toBeLessThan(6 * 1024)
})

test('plain Node gets a list, a stream and an error from the Worker', async () => {
  const app = `
    import { createClient, MarqueeError } from 'marquee-client'
    const marquee = createClient({ baseUrl: process.argv[2] })
    const { items } = await marquee.recommendForHistory({ history: [{ movieId: 10, rating: 5 }], k: 2 })
    const events = []
    for await (const { event } of marquee.streamWish({ text: 'sci-fi' })) events.push(event)
    const error = await marquee.movie(999).catch((error) => error)
    console.log(JSON.stringify([items.length, events, error instanceof MarqueeError, error.code]))`
  await writeFile(join(folder, 'app.js'), app)
  const { stdout } = await run(process.execPath, [join(folder, 'app.js'), worker.url.href])
  expect(JSON.parse(stdout)).toEqual([2, ['items', 'done'], true, 'not_found'])
})

/** @throws {Error} with what the compiler finds in an app that uses the package */
async function typeCheck(name: string, app: string, module: string): Promise<void> {
  const path = join(folder, name)
  await writeFile(path, app)
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--module', module]
  await run(TSC, [...options, '--lib', 'es2022,dom', '--types', '', path], { cwd: folder }).catch((error) => {
    throw new Error(error.stdout)
  })
}

test.each(['nodenext', 'preserve'])('an app is type-checked against it, with modules as %s', async (module) => {
  const app = `
    import { createClient, type MarqueeError, type RecommendedMovie } from 'marquee-client'
    const marquee = createClient({ baseUrl: 'https://movies.example', apiKey: 'key', fetch, timeoutMs: 5000 })
    const list = await marquee.recommendForUser(1, { k: 5, genres: ['Drama'] }, { signal: AbortSignal.timeout(1) })
    export const first: RecommendedMovie | undefined = list.items[0]
    export const stars: number | null | undefined = first?.predictedStars
    export const isLost = (error: MarqueeError) => error.code === 'network' && error.retryAfterMs !== null
    // @ts-expect-error no such mark
    await marquee.mark(1, 10, { kind: 'loved' })
    // @ts-expect-error a list has no such field
    list.movies`
  await typeCheck(`app-${module}.ts`, app, module)
})

test.each([
  ['functions/client/README.md', 'ts'],
  ['docs/mobile.md', 'tsx'],
])('the examples of %s compile', async (page, language) => {
  // what an app has of its own, and as much of React as stands there
  const around = `
    declare const session: { token(): Promise<string> }
    declare const signal: AbortSignal
    declare function show(movies: object[]): void
    declare function explain(movieId: number, text: string): void
    declare function goBack(): void
    declare function useState<T>(value: T): [T, (value: T) => void]
    declare function useEffect(effect: () => () => void, on: unknown[]): void
    export {}`
  const text = await readFile(join(ROOT, page), 'utf8')
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block]) => block)
  expect(blocks.length).toBeGreaterThan(0)
  await typeCheck(`examples-${language}.ts`, [...blocks, around].join('\n'), 'preserve')
})
