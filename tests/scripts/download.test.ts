import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DATASETS } from '../../scripts/download/datasets.ts'
import { ConnectionError } from '../../scripts/download/download-error.ts'
import { explain } from '../../scripts/download/explain.ts'
import { follow } from '../../scripts/download/request.ts'
import { run, type Surroundings } from '../../scripts/download.ts'
import { type FileServer, file, redirect, startFileServer, status } from '../helpers/file-server.ts'
import { makeZip } from '../helpers/make-zip.ts'

const ROOT = join(import.meta.dirname, '../..')
const SMALL = '/datasets/movielens/ml-latest-small.zip'
const TMDB = '/api/v1/datasets/download/tmdb/tmdb-movie-metadata'

const RATINGS = 'userId,movieId,rating,timestamp\n'.concat('1,2,3.5,1112486027\n'.repeat(2000))
/** stored, so that its length is that of the contents */
const SMALL_ZIP = makeZip([
  { path: 'ml-latest-small/', contents: '', method: 0 },
  { path: 'ml-latest-small/ratings.csv', contents: RATINGS, method: 0 },
  { path: 'ml-latest-small/movies.csv', contents: 'movieId,title,genres\n', method: 0 },
  { path: '__MACOSX/ml-latest-small/._movies.csv', contents: 'x', method: 0 },
])
const TMDB_ZIP = makeZip([
  { path: 'tmdb_5000_movies.csv', contents: 'id,title\n1,Amélie\n' },
  { path: 'tmdb_5000_credits.csv', contents: 'movie_id,cast\n' },
])
const md5 = (bytes: Buffer, encoding: 'hex' | 'base64' = 'hex') => createHash('md5').update(bytes).digest(encoding)

const folder = mkdtempSync(join(tmpdir(), 'marquee-download-'))
let server: FileServer
/** another host: where Kaggle's files are */
let storage: FileServer
let cwd = ''
beforeAll(async () => {
  server = await startFileServer()
  storage = await startFileServer()
})
beforeEach(() => {
  server.clear()
  storage.clear()
  cwd = mkdtempSync(join(folder, 'cwd-'))
})
afterAll(async () => {
  await server.close()
  await storage.close()
  rmSync(folder, { recursive: true, force: true })
})

function hosts(url: string) {
  return { MARQUEE_GROUPLENS_URL: url, MARQUEE_KAGGLE_URL: url, MARQUEE_IMDB_URL: url }
}

/** One command line, with what it wrote. */
async function downloading(args: string[], changes: Partial<Surroundings> = {}) {
  let out = ''
  let err = ''
  const code = await run(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    signal: new AbortController().signal,
    cwd,
    home: join(cwd, 'home'),
    stallMs: 5000,
    retryMs: 1,
    ...changes,
    env: { ...hosts(server.url), KAGGLE_USERNAME: 'ann', KAGGLE_KEY: 'secret', ...changes.env },
  })
  return { code, out, err }
}

/** Everything in the working folder. */
function left(): string[] {
  return readdirSync(cwd, { recursive: true }).map(String).sort()
}

const SMALL_FILES = [
  'data',
  'data/movielens-latest-small',
  'data/movielens-latest-small/.download.json',
  'data/movielens-latest-small/movies.csv',
  'data/movielens-latest-small/ratings.csv',
]
const PART_FILES = [
  'data',
  'data/movielens-latest-small.part',
  'data/movielens-latest-small.part/ml-latest-small.zip',
  'data/movielens-latest-small.part/ml-latest-small.zip.json',
]
const PART = 'data/movielens-latest-small.part/ml-latest-small.zip'

/** The archive's next bytes, then the connection breaks. */
function breaking(breakAfter: number, etag = '"v1"') {
  const arrived = () => statSync(join(cwd, PART), { throwIfNoEntry: false })?.size ?? 0
  return file(SMALL_ZIP, { breakAfter, arrived, etag })
}

/** A first run that is stopped by the connection after so many bytes of the archive. */
async function stoppedAfter(sizeBytes: number): Promise<void> {
  server.on(SMALL, breaking(sizeBytes), status(404))
  expect((await downloading(['movielens-latest-small'])).code).toBe(1)
  expect(left()).toEqual(PART_FILES)
  expect(readFileSync(join(cwd, PART))).toHaveLength(sizeBytes)
  server.requests.length = 0
}

function rangesAsked(): (string | undefined)[] {
  return server.requests.filter(({ path }) => path === SMALL).map(({ headers }) => headers.range)
}

describe('a data set of GroupLens', () => {
  test('is fetched, checked, unpacked into its folder, and said how to use', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    server.on(`${SMALL}.md5`, status(200, {}, `MD5 (ml-latest-small.zip) = ${md5(SMALL_ZIP)}\n`))
    const { code, out, err } = await downloading(['movielens-latest-small'])
    const steps = ['', ': checking', ': unpacking'].map((step) => `movielens-latest-small${step}, MB: 1 of 1 (100 %)\n`)
    expect(err).toBe(steps.join(''))
    expect(out).toBe(`${join(cwd, 'data/movielens-latest-small')}: 2 files, 38.1 kB
Licence: research use, see its README (https://grouplens.org/datasets/movielens/)

To build a model of it, change under "data:" in config/config.yml
  sources: [{ path: ${join(cwd, 'data/movielens-latest-small')} }, { path: data/sample/local-titles.tsv }]
and run
  npx marquee build
`)
    expect(code).toBe(0)
    expect(left()).toEqual(SMALL_FILES)
    expect(readFileSync(join(cwd, 'data/movielens-latest-small/ratings.csv'), 'utf8')).toBe(RATINGS)
  })

  test('goes where --output says, named as YAML wants it', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    const { code, out } = await downloading(['movielens-latest-small', '--output', 'a/b, c'])
    expect(code).toBe(0)
    expect(out).toContain(`sources: [{ path: "${join(cwd, 'a/b, c/movielens-latest-small')}" }, `)
    expect(left()).toContain('a/b, c/movielens-latest-small/ratings.csv')
  })

  test('that is there and complete is left alone', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    await downloading(['movielens-latest-small'])
    server.clear()
    const { code, out } = await downloading(['movielens-latest-small'])
    expect(out).toContain('movielens-latest-small: already there and complete, 2 files, 38.1 kB\n')
    expect(code).toBe(0)
    expect(server.requests).toEqual([])
  })

  test('that lost a file is replaced with --force only', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    await downloading(['movielens-latest-small'])
    rmSync(join(cwd, 'data/movielens-latest-small/movies.csv'))
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain(
      'movies.csv: is missing. --force downloads movielens-latest-small again and replaces the folder',
    )
    expect(code).toBe(1)
    expect((await downloading(['movielens-latest-small', '--force'])).code).toBe(0)
    expect(left()).toEqual(SMALL_FILES)
  })

  test.each(['mine.csv', '.download.json'])("does not replace a folder of the user's, with %s", async (name) => {
    mkdirSync(join(cwd, 'data/movielens-latest-small'), { recursive: true })
    writeFileSync(join(cwd, 'data/movielens-latest-small', name), 'mine')
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain('movielens-latest-small is there and not from this command (no .download.json in it)')
    expect(code).toBe(1)
    expect(left()).toContain(`data/movielens-latest-small/${name}`)
  })
})

describe('a data set of Kaggle', () => {
  test('is asked for with the key, which never goes to the host that the answer leads to', async () => {
    server.on(TMDB, redirect('/elsewhere'))
    server.on('/elsewhere', redirect(`${storage.url}/bucket/archive.zip?signature=1`))
    storage.on('/bucket/archive.zip?signature=1', redirect('/again'))
    storage.on(
      '/again',
      file(TMDB_ZIP, { headers: { 'x-goog-hash': `crc32c=AAAAAA==,md5=${md5(TMDB_ZIP, 'base64')}` } }),
    )
    const { code, out } = await downloading(['tmdb-5000'])
    expect(code).toBe(0)
    expect(out).toContain('sources: [{ path: data/sample/ml-latest-small }, { path: ')
    const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([basic, basic])
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
    expect(left()).toContain('data/tmdb-5000/tmdb_5000_movies.csv')
  })

  test('is refused when it has another checksum than the answer said', async () => {
    server.on(TMDB, file(TMDB_ZIP, { headers: { 'x-goog-hash': `md5=${md5(SMALL_ZIP, 'base64')}` } }))
    const { code, err } = await downloading(['tmdb-5000'])
    expect(err).toContain(
      `tmdb-5000: found MD5 ${md5(TMDB_ZIP)}, expected ${md5(SMALL_ZIP)}: it was damaged on the way`,
    )
    expect(code).toBe(1)
    expect(left()).toEqual([])
  })

  test.each([
    [401, 'Kaggle did not take the key (401). Check KAGGLE_USERNAME and KAGGLE_KEY or ~/.kaggle/kaggle.json'],
    [
      403,
      'Open https://www.kaggle.com/datasets/tmdb/tmdb-movie-metadata, accept the rules there, and check your key: https://www.kaggle.com/settings',
    ],
  ])('that answers %i says what to do', async (code, message) => {
    server.on(TMDB, status(code))
    const { code: exitCode, err } = await downloading(['tmdb-5000'])
    expect(err).toContain(message)
    expect(err).not.toContain('secret')
    expect(exitCode).toBe(1)
    expect(server.requests).toHaveLength(1)
    expect(left()).toEqual([])
  })

  const withoutKey = { KAGGLE_USERNAME: '', KAGGLE_KEY: '' }

  test('takes the key from kaggle.json, and warns when others can read it', async () => {
    server.on(TMDB, file(TMDB_ZIP))
    mkdirSync(join(cwd, 'home/.kaggle'), { recursive: true })
    const key = join(cwd, 'home/.kaggle/kaggle.json')
    writeFileSync(key, '{"username":"bob","key":"hush"}', { mode: 0o644 })
    chmodSync(key, 0o644)
    const first = await downloading(['tmdb-5000'], { env: withoutKey })
    expect(first.code).toBe(0)
    expect(first.err).toContain(`${key} can be read by others on this machine; make it yours alone: chmod 600 ${key}`)
    expect(server.requests[0].headers.authorization).toBe(`Basic ${Buffer.from('bob:hush').toString('base64')}`)
    chmodSync(key, 0o600)
    const second = await downloading(['tmdb-5000', '--force'], { env: withoutKey })
    expect(second.code).toBe(0)
    expect(second.err).not.toContain('others')
  })

  test.each<[what: string, env: Record<string, string>, message: RegExp]>([
    ['there is none', withoutKey, /kaggle\.json is not there\. Make a key at https:\/\/www\.kaggle\.com\/settings/],
    [
      'half of it is set',
      { ...withoutKey, KAGGLE_USERNAME: 'ann' },
      /KAGGLE_KEY is not set, expected it beside KAGGLE_US/,
    ],
    ['it would go out unencrypted', { MARQUEE_KAGGLE_URL: 'http://kaggle.example' }, /would send your key unencrypted/],
  ])('says what is wrong with the key when %s, and asks nothing', async (_, env, message) => {
    const { code, err } = await downloading(['tmdb-5000'], { env })
    expect(err).toMatch(message)
    expect(code).toBe(1)
    expect(server.requests).toEqual([])
    expect(left()).toEqual([])
  })

  test.each(['{"username":"bob"', '{"user":"bob","key":"hush"}', '[]'])(
    'never shows a broken key: %s',
    async (text) => {
      mkdirSync(join(cwd, 'config'))
      writeFileSync(join(cwd, 'config/kaggle.json'), text, { mode: 0o600 })
      const env = { ...withoutKey, KAGGLE_CONFIG_DIR: join(cwd, 'config') }
      const { err } = await downloading(['tmdb-5000'], { env })
      expect(err).toContain('config/kaggle.json: expected {"username": "…", "key": "…"} and found something else')
      expect(err).not.toMatch(/hush|bob/)
    },
  )
})

describe('the files of IMDb', () => {
  const names = ['title.basics', 'title.crew', 'title.principals', 'name.basics'].map((name) => `${name}.tsv.gz`)

  test('are fetched one by one and stay compressed', async () => {
    for (const name of names) server.on(`/${name}`, file(gzipSync(name), { headers: { 'content-type': 'binary/x' } }))
    expect((await downloading(['imdb'])).code).toBe(0)
    expect(left().filter((path) => path.endsWith('.gz'))).toEqual(names.map((name) => `data/imdb/${name}`).sort())
    expect(existsSync(join(cwd, 'data/imdb.part'))).toBe(false)
  })

  test('are refused when one is damaged, and the others are kept for the next run', async () => {
    for (const name of names) server.on(`/${name}`, file(gzipSync(name)))
    server.on('/name.basics.tsv.gz', file(gzipSync('x').subarray(0, -3)), file(gzipSync('name.basics.tsv.gz')))
    const { code, err } = await downloading(['imdb'])
    expect(err).toContain('name.basics.tsv.gz: is no complete gzip file (unexpected end of file). It was thrown away')
    expect(code).toBe(1)
    server.requests.length = 0
    expect((await downloading(['imdb'])).code).toBe(0)
    expect(server.requests.map(({ path }) => path)).toEqual(['/name.basics.tsv.gz'])
  })
})

describe('a download that was stopped', () => {
  test('goes on where it was, if the file is the same', async () => {
    await stoppedAfter(1000)
    server.on(SMALL, file(SMALL_ZIP))
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain('movielens-latest-small: going on after 1.0 kB\n')
    expect(code).toBe(0)
    expect(rangesAsked()).toEqual(['bytes=1000-'])
    expect(left()).toEqual(SMALL_FILES)
  })

  test.each<[what: string, serving: Parameters<typeof file>[1]]>([
    ['the file changed', { etag: '"v2"' }],
    ['the server ignores ranges', { ranges: false }],
  ])('starts from the beginning when %s', async (_, serving) => {
    await stoppedAfter(1000)
    server.on(SMALL, file(SMALL_ZIP, serving))
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain('the server does not go on with what is here; from the start')
    expect(code).toBe(0)
    expect(rangesAsked()).toEqual(['bytes=1000-'])
    expect(left()).toEqual(SMALL_FILES)
  })

  test.each<[what: string, answer: Parameters<FileServer['on']>[1]]>([
    ['another range', status(206, { 'content-range': `bytes 0-999/${SMALL_ZIP.length}`, etag: '"v1"' })],
    ['another version', status(206, { 'content-range': `bytes 1000-1999/${SMALL_ZIP.length}`, etag: '"v2"' })],
    ['another length', status(206, { 'content-range': 'bytes 1000-1999/2000', etag: '"v1"' })],
    ['no such range', status(416)],
  ])('starts from the beginning when the answer is %s', async (_, answer) => {
    await stoppedAfter(1000)
    server.on(SMALL, answer, file(SMALL_ZIP))
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain('the server has not the rest of what is here; trying again in 1 s')
    expect(code).toBe(0)
    expect(rangesAsked()).toEqual(['bytes=1000-', undefined])
  })

  test('starts from the beginning when its version is not known, or only alike', async () => {
    server.on(SMALL, breaking(1000, 'W/"v1"'), status(404))
    await downloading(['movielens-latest-small'])
    server.on(SMALL, file(SMALL_ZIP))
    expect((await downloading(['movielens-latest-small'])).code).toBe(0)
    expect(rangesAsked()).toEqual([undefined, undefined, undefined])
  })

  test('is thrown away with --force', async () => {
    await stoppedAfter(1000)
    server.on(SMALL, file(SMALL_ZIP))
    expect((await downloading(['movielens-latest-small', '--force'])).code).toBe(0)
    expect(rangesAsked()).toEqual([undefined])
  })
})

describe('trouble on the way', () => {
  test('a connection that breaks is taken up again in the same run', async () => {
    server.on(SMALL, breaking(1000), breaking(5000), file(SMALL_ZIP))
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain('movielens-latest-small: the connection broke; trying again in 1 s\n')
    expect(code).toBe(0)
    expect(rangesAsked()).toEqual([undefined, 'bytes=1000-', 'bytes=6000-'])
    expect(left()).toEqual(SMALL_FILES)
  })

  test('one that breaks again and again ends the run, and the bytes are kept', async () => {
    server.on(SMALL, breaking(1000))
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toMatch(
      /the connection broke \(ECONNRESET\), tried several times\. Run the same command again: it goes on/,
    )
    expect(code).toBe(1)
    expect(rangesAsked()).toHaveLength(5)
    expect(left()).toEqual(PART_FILES)
  })

  test('a server that falls silent is not waited for', async () => {
    server.on(SMALL, file(SMALL_ZIP, { stallAfter: 1000 }), file(SMALL_ZIP))
    const { code, err } = await downloading(['movielens-latest-small'], { stallMs: 100 })
    expect(err).toContain('movielens-latest-small: no data for 0.1 s; trying again in 1 s\n')
    expect(code).toBe(0)
    expect(rangesAsked()).toEqual([undefined, 'bytes=1000-'])
  })

  test('a server that never answers is not waited for', async () => {
    server.on(SMALL, () => {})
    const { err } = await downloading(['movielens-latest-small'], { stallMs: 30 })
    expect(err).toContain(`${server.url}: no data for 0.03 s (ESTALLED), tried several times`)
    expect(left()).toEqual([])
  })

  test('500 is tried again, and named when it stays', async () => {
    server.on(SMALL, status(500), status(503), file(SMALL_ZIP))
    server.on(`${SMALL}.md5`, status(502), status(200, {}, md5(SMALL_ZIP)))
    const passing = await downloading(['movielens-latest-small'])
    for (const code of [500, 502, 503])
      expect(passing.err).toContain(`movielens-latest-small: the server answered ${code}; trying again in 1 s\n`)
    expect(passing.code).toBe(0)
    server.on(SMALL, status(500))
    const staying = await downloading(['movielens-latest-small', '--output', 'other'])
    expect(staying.err).toContain(`${server.url} has a problem of its own (500); try again later\n`)
    expect(staying.code).toBe(1)
    expect(existsSync(join(cwd, 'other'))).toBe(false)
  })

  test('429 is waited for as long as the server asks, but not for an hour', async () => {
    server.on(SMALL, status(429, { 'retry-after': '0' }), file(SMALL_ZIP))
    const short = await downloading(['movielens-latest-small'])
    expect(short.err).toContain('the server answered 429; trying again in 0 s\n')
    expect(short.code).toBe(0)
    server.on(SMALL, status(429, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }))
    const long = await downloading(['movielens-latest-small', '--output', 'other'])
    expect(long.err).toContain(`${server.url} has had too many requests (429); try again in 60 min\n`)
    expect(long.code).toBe(1)
  })

  test.each([
    [404, 'there is no such file (404). It may have moved: see https://grouplens.org/datasets/movielens/'],
    [403, 'the server refused it (403). See https://grouplens.org/datasets/movielens/'],
    [418, 'found status 418, expected 200'],
  ])('%i is not tried again', async (code, message) => {
    server.on(SMALL, status(code))
    const { code: exitCode, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain(`${server.url}${SMALL}: ${message}`)
    expect(exitCode).toBe(1)
    expect(rangesAsked()).toHaveLength(1)
    expect(left()).toEqual([])
  })

  test('a wrong checksum leaves nothing', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    server.on(`${SMALL}.md5`, status(200, {}, `${'0'.repeat(32)}  ml-latest-small.zip\n`))
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain(
      `found MD5 ${md5(SMALL_ZIP)}, expected ${'0'.repeat(32)}: it was damaged on the way. It was thrown`,
    )
    expect(code).toBe(1)
    expect(left()).toEqual([])
  })

  test.each<[what: string, body: Buffer, message: string]>([
    ['that is cut off, with no length to tell', SMALL_ZIP.subarray(0, -10), 'it is another format or cut off'],
    ['with a wrong CRC', makeZip([{ path: 'a', contents: 'x', crc32: 7 }]), 'expected 00000007: it is damaged'],
    ['of nothing', makeZip([]), 'found an empty archive, expected files'],
    ['that leads out', makeZip([{ path: '../a', contents: 'x' }]), 'would be written outside of the folder'],
  ])('an archive %s leaves nothing', async (_, body, message) => {
    server.on(SMALL, (_, response) => {
      response.write(body)
      response.end()
    })
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toContain(message)
    expect(code).toBe(1)
    expect(left()).toEqual([])
  })

  test('a web page instead of a file is not taken', async () => {
    server.on(SMALL, status(200, { 'content-type': 'text/html; charset=utf-8' }, '<h1>Log in</h1>'))
    const { err } = await downloading(['movielens-latest-small'])
    expect(err).toContain('the answer is a web page, expected a file: does this network, or the site, ask to log in?')
    expect(left()).toEqual([])
  })

  test('redirects end', async () => {
    server.on(SMALL, redirect(SMALL))
    expect((await downloading(['movielens-latest-small'])).err).toContain(': more than 10 redirects, the last to ')
    server.on(SMALL, redirect('file:///etc/passwd'))
    expect((await downloading(['movielens-latest-small'])).err).toContain(
      'redirects to "file:///etc/passwd", expected an http(s) address',
    )
    expect(left()).toEqual([])
    const away = () => follow(new URL('https://a.example/b'), 'http://a.example/c')
    expect(away).toThrow('https://a.example: redirects from https to http://a.example, which is not encrypted')
  })
})

describe('this machine', () => {
  test('a disk that is too small is said before anything is fetched', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    const { code, err } = await downloading(['movielens-latest-small'], { freeBytes: async () => 2e6 })
    expect(err).toContain(
      `2.0 MB are free at ${join(cwd, 'data')}, too few for movielens-latest-small: it needs about 38.6 kB for the archive and 3.3 MB unpacked`,
    )
    expect(code).toBe(1)
    expect(left()).toEqual([])
  })

  test('a disk that fills up in the meantime keeps the archive', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    const free = [1e9, 1000]
    const { code, err } = await downloading(['movielens-latest-small'], { freeBytes: async () => free.shift()! })
    expect(err).toMatch(/ml-latest-small\.zip: needs 38\.1 kB unpacked, 1\.0 kB are free at /)
    expect(code).toBe(1)
    expect(left()).toEqual(PART_FILES)
    server.requests.length = 0
    expect((await downloading(['movielens-latest-small'])).code).toBe(0)
    expect(rangesAsked()).toEqual([])
  })

  test('a server that is not there', async () => {
    const gone = await startFileServer()
    await gone.close()
    const { code, err } = await downloading(['movielens-latest-small'], { env: hosts(gone.url) })
    expect(err).toBe(
      `download: ${gone.url} cannot be reached (ECONNREFUSED): is this machine connected to the internet, or does a firewall forbid it?\n`,
    )
    expect(code).toBe(1)
    expect(left()).toEqual([])
  })

  const attempt = { name: 'imdb', dataset: DATASETS.get('imdb')!, folder: 'data/imdb', host: 'https://imdb.example' }
  const withCode = (code: string) => Object.assign(new Error(code), { code, path: '/x' })
  test.each<[error: Error, message: string | null]>([
    [new ConnectionError('', 'ENOTFOUND'), 'imdb.example is not found (ENOTFOUND): is this machine connected'],
    [new ConnectionError('', 'CERT_HAS_EXPIRED'), 'the certificate of imdb.example is not trusted (CERT_HAS_EXPIRED)'],
    [withCode('ENOSPC'), 'no space left for data/imdb (ENOSPC): it needs about 1.3 GB. Free some, or choose another'],
    [withCode('EACCES'), '/x: may not be written (EACCES). Choose another folder with --output'],
    [withCode('ENOENT'), '/x: cannot be made (ENOENT). Choose another folder with --output'],
    [withCode('EROFS'), '/x: may not be written (EROFS). Choose another folder with --output'],
    [new TypeError('a bug'), null],
  ])('%s is explained', (error, message) => {
    const explained = explain(error, attempt)
    if (message === null) expect(explained).toBeNull()
    else expect(explained).toContain(message)
  })

  test('two runs do not write into one folder; a lock left by a dead process is no matter', async () => {
    server.on(SMALL, file(SMALL_ZIP))
    mkdirSync(join(cwd, 'data/movielens-latest-small.part'), { recursive: true })
    const lock = join(cwd, 'data/movielens-latest-small.part/lock')
    writeFileSync(lock, String(process.pid))
    const { code, err } = await downloading(['movielens-latest-small', '--force'])
    expect(err).toContain(`movielens-latest-small.part: process ${process.pid} is downloading into it; wait for it, or`)
    expect(code).toBe(1)
    expect(existsSync(lock)).toBe(true)
    // above the highest number that Linux gives
    writeFileSync(lock, '4194305')
    expect((await downloading(['movielens-latest-small'])).code).toBe(0)
    expect(left()).toEqual(SMALL_FILES)
  })

  test('a file where the folder should be', async () => {
    writeFileSync(join(cwd, 'data'), 'a file')
    const { code, err } = await downloading(['movielens-latest-small'])
    expect(err).toMatch(/data\S*: found a file, expected a folder/)
    expect(code).toBe(1)
  })
})

describe('the command line', () => {
  test('lists names, sizes and licences', async () => {
    const { code, out } = await downloading(['--list'])
    expect(out).toMatch(/^movielens-25m +262\.0 MB +1\.2 GB +research use/m)
    expect(out).toMatch(/^the-movies-dataset .* CC0 1\.0/m)
    expect(code).toBe(0)
  })

  test('helps', async () => {
    const { code, out } = await downloading(['--help'])
    expect(out).toContain('npm run download -- movielens-latest-small       1 MB, a good first try')
    expect(code).toBe(0)
  })

  test.each([
    [['movielens25m'], 'unknown data set "movielens25m"; did you mean movielens-25m?'],
    [['ml-1m'], 'unknown data set "ml-1m"; did you mean movielens-1m?'],
    [['netflix-prize'], 'unknown data set "netflix-prize"; known: movielens-latest-small, '],
    [[], 'which data set? "npm run download -- --list" shows them'],
    [['imdb', 'tmdb-5000'], 'too many arguments'],
    [['imdb', '--ouput', 'x'], "unknown option '--ouput'"],
  ])('%j is wrong usage', async (args, message) => {
    const { code, err } = await downloading(args)
    expect(err).toContain(message)
    expect(err).toContain('Try "npm run download -- --help".')
    expect(code).toBe(2)
  })

  test('an endpoint that is none is named', async () => {
    const { err } = await downloading(['imdb'], { env: { MARQUEE_IMDB_URL: 'datasets' } })
    expect(err).toBe('download: MARQUEE_IMDB_URL: found "datasets", expected an http(s) address\n')
  })

  test('Ctrl-C leaves what the same command goes on with', { timeout: 20_000 }, async () => {
    server.on(SMALL, file(SMALL_ZIP, { stallAfter: 1000 }), file(SMALL_ZIP))
    const start = () => {
      const args = [join(ROOT, 'scripts/download.ts'), 'movielens-latest-small']
      const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...hosts(server.url) } })
      let err = ''
      child.stderr.on('data', (chunk) => (err += chunk))
      return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, err }))) }
    }
    const first = start()
    await expect
      .poll(() => existsSync(join(cwd, PART)) && readFileSync(join(cwd, PART)).length, { timeout: 10_000 })
      .toBe(1000)
    first.child.kill('SIGINT')
    expect(await first.ended).toEqual({ code: 130, err: 'download: stopped; the same command goes on from here\n' })
    expect(left()).toEqual(PART_FILES)
    expect(await start().ended).toMatchObject({ code: 0 })
    expect(rangesAsked()).toEqual([undefined, 'bytes=1000-'])
    expect(left()).toEqual(SMALL_FILES)
  })
})
