import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocksOf, type DocCommand } from './commands.ts'

/** Where the pages speak of a world that no test has, what is done about it; no entry without a command that needs it. */

/** A command that is not run here. */
interface NotRun {
  /** all pages when left out */
  page?: string
  command: RegExp
  why: string
}

const CLOUDFLARE = 'asks for a Cloudflare account; `npm run integration:s3` publishes to a stand-in for R2'

export const NOT_RUN: NotRun[] = [
  { command: /^npm ci && npm test$/, why: 'the tests run by themselves, for minutes' },
  { command: /^npm run test:browser$/, why: 'runs by itself, for minutes, and asks for Chromium' },
  { command: /^npm run download -- [^-]/, why: 'fetches from GroupLens' },
  { command: /--target remote/, why: CLOUDFLARE },
  { command: /^(openssl .*\| )?npx wrangler (?!dev|deploy --dry-run)/, why: CLOUDFLARE },
  { page: 'docs/deploy-cloudflare.md', command: /^export /, why: CLOUDFLARE },
  { page: 'docs/deploy-cloudflare.md', command: /^curl /, why: CLOUDFLARE },
  { page: 'docs/operations.md', command: /wrangler r2 object put/, why: CLOUDFLARE },
  { page: 'docs/monitoring.md', command: /api\.cloudflare\.com/, why: CLOUDFLARE },
  {
    page: 'docs/monitoring.md',
    command: /^prometheus /,
    why: '`npm run integration:monitoring` has Prometheus’ own tool read the file',
  },
  {
    command: /^docker /,
    why: 'asks for a container engine; `npm run integration:deploy` executes the Dockerfile’s steps',
  },
  {
    page: 'docs/llm.md',
    command: /--download/,
    why: 'fetches 1.8 GB from Hugging Face; `npm run integration:llm` asks a real server',
  },
  {
    page: 'docs/llm.md',
    command: /^LLM_BASE_URL=http:\/\/gpu/,
    why: 'asks for a GPU with a language model; `npm run integration:llm`',
  },
  { page: 'docs/tracking.md', command: /MLFLOW_/, why: 'asks for a server; `npm run integration:mlflow` installs one' },
  {
    page: 'docs/tracking.md',
    command: /WANDB_API_KEY|wandb==/,
    why: 'asks for an account; `npm run integration:wandb` goes without',
  },
  {
    page: 'docs/training.md',
    command: /pyspark/,
    why: 'installs 1 GB; `node scripts/integration/import-factors.ts` does, and trains',
  },
  {
    page: 'docs/training.md',
    command: /import-factors/,
    why: 'reads what Spark and implicit learned; `node scripts/integration/import-factors.ts`',
  },
]

/** What stands in a page for something of the reader's own, and what stands for it here. `{port}` and `{scratch}` are filled in. */
export const STAND_INS: { page?: string; written: RegExp; here: string; why: string }[] = [
  { written: /\b8787\b/g, here: '{port}', why: 'a port that is free' },
  { written: /\bdata\/movielens-1m\b/g, here: 'data/sample/ml-latest-small', why: 'data that is bundled' },
  { written: /\/(tmp|srv)\//g, here: '{scratch}/$1/', why: 'a folder that is removed' },
  {
    written: /\b0123456789abcdef\b/g,
    here: '$(ls artifacts | grep -xE "[0-9a-f]{16}" | head -n 1)',
    why: 'a build there is',
  },
  {
    page: 'docs/security.md',
    written: /\b46c89814\b/,
    here: '$(npx marquee keys list | grep -oE "\\b[0-9a-f]{8}\\b" | head -n 1)',
    why: 'a key there is',
  },
  { page: 'docs/tracking.md', written: /\b3fa9\b/, here: '$(ls runs | head -n 1 | tail -c 5)', why: 'a run there is' },
  { written: /^npm publish /, here: 'npm publish --dry-run ', why: 'nothing is published' },
]

/** A folder made ready as a page's reader has it by then, beyond the repository itself. */
export const BEFORE: Record<string, (folder: string, markdown: string) => string | undefined> = {
  'README.md': (folder) => writeSplit(folder),
  'docs/ab.md': (folder, markdown) => write(folder, 'diversity.yml', blocksOf(markdown, 'yaml')[0]!.text),
  'docs/batch.md': () => 'npm run serve -- --no-run',
  'docs/language.md': (folder, markdown) => write(folder, 'mine.jsonl', blocksOf(markdown, 'json')[0]!.text),
  'docs/operations.md': () => 'npx marquee build --seed 7',
  'docs/own-data.md': (folder, markdown) => writeApp(folder, blocksOf(markdown, 'yaml')[0]!.text),
  'docs/self-hosting.md': (folder) => write(folder, 'marquee.env', `TASTE_SECRET=${'nobody-s-secret-'.repeat(3)}\n`),
  'docs/training.md': (folder) => write(folder, 'my.yml', 'project:\n  name: mine\n'),
}

export const isMeant = (entry: NotRun, { page, text }: DocCommand): boolean =>
  (entry.page ?? page) === page && entry.command.test(text)

export const reasonNotToRun = (command: DocCommand): string | undefined =>
  NOT_RUN.find((entry) => isMeant(entry, command))?.why

export function asRunHere({ page, text }: DocCommand, { port, scratch }: { port: number; scratch: string }): string {
  const standIns = STAND_INS.filter((entry) => (entry.page ?? page) === page)
  return standIns
    .reduce((command, { written, here }) => command.replace(written, here), text)
    .replaceAll('{port}', String(port))
    .replaceAll('{scratch}', scratch)
}

function write(folder: string, file: string, text: string): undefined {
  writeFileSync(join(folder, file), text)
}

/** The bundled ratings, in the order of the file: of a user, in that of the movies. */
function sampleRatings(folder: string): { userId: string; movieId: string; timestamp: string }[] {
  const [, ...rows] = readFileSync(join(folder, 'data/sample/ml-latest-small/ratings.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
  return rows.map((row) => {
    const [userId, movieId, , timestamp] = row.split(',') as [string, string, string, string]
    return { userId, movieId, timestamp }
  })
}

/** docs/own-data.md's two tables, of the bundled data, and the configuration that reads them. */
function writeApp(folder: string, config: string): undefined {
  const views = sampleRatings(folder).map(({ userId, movieId, timestamp }) => `v-${userId},tt${movieId},${timestamp}`)
  const [, ...movies] = readFileSync(join(folder, 'data/sample/ml-latest-small/movies.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
  const titles = movies.flatMap((row) => {
    const [, movieId, title, year, genres] = /^(\d+),"?(.*?) \((\d{4})\) ?"?,(.*)$/.exec(row) ?? []
    return movieId ? [`tt${movieId},"${title}",${year},${genres!.replaceAll('|', ';')}`] : []
  })
  write(folder, 'views.csv', `${['viewer,title_id,watched_at', ...views].join('\n')}\n`)
  write(folder, 'titles.csv', `${['title_id,name,release,styles', ...titles].join('\n')}\n`)
  write(folder, 'app.yml', config)
}

/** users of the split of one's own: its settings are searched for, which takes many minutes with all 610 */
const SPLIT_USERS = 100

/** A split of one's own as README's `--format adjacency` takes it: user, then what was taken up; the last ones held out. */
function writeSplit(folder: string): undefined {
  const movies = new Map<string, string[]>()
  for (const { userId, movieId } of sampleRatings(folder).sort((a, b) => Number(a.timestamp) - Number(b.timestamp)))
    movies.set(userId, [...(movies.get(userId) ?? []), movieId])
  const parts: [string, number, number | undefined][] = [
    ['train.txt', 0, -4],
    ['valid.txt', -4, -2],
    ['test.txt', -2, undefined],
  ]
  for (const [file, from, to] of parts)
    write(
      folder,
      file,
      [...movies]
        .slice(0, SPLIT_USERS)
        .map(([userId, all]) => `${[userId, ...all.slice(from, to)].join(' ')}\n`)
        .join(''),
    )
}
