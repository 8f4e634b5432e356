import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  asRunHere,
  isMeant,
  NOT_RUN,
  reasonNotToRun,
  STAND_INS,
} from '../../../scripts/integration/docs/circumstances.ts'
import { commandsOf } from '../../../scripts/integration/docs/commands.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
const COMMANDS = PAGES.flatMap((page) => commandsOf(page, readFileSync(join(ROOT, page), 'utf8')))

const page = (...rows: string[]) => ['Text.', '', '```sh', ...rows, '```', ''].join('\n')
const textsOf = (...rows: string[]) => commandsOf('docs/x.md', page(...rows)).map(({ text }) => text)

describe('the commands of a page', () => {
  test('are the rows of its sh blocks, with their lines, and without remarks', () => {
    const markdown = `${page('npm ci   # once', '', '# then', 'npm start')}\n\`\`\`json\n{}\n\`\`\`\n`
    expect(commandsOf('docs/x.md', markdown)).toEqual([
      { page: 'docs/x.md', line: 4, block: 4, text: 'npm ci' },
      { page: 'docs/x.md', line: 7, block: 4, text: 'npm start' },
    ])
  })

  test('go on behind a backslash, in a quote and in a loop', () => {
    expect(textsOf('curl a \\', '  -d b', 'curl c')).toEqual(['curl a \\\n  -d b', 'curl c'])
    expect(textsOf(`curl -d '{ "a": 1,`, `  "b": 2 }'`)).toEqual([`curl -d '{ "a": 1,\n  "b": 2 }'`])
    expect(textsOf('for file in *; do', '  ls $file', 'done')).toEqual(['for file in *; do\n  ls $file\ndone'])
  })

  test('may have a # in a quote, and a placeholder in angles', () => {
    expect(textsOf(`echo 'a # b'`, 'deploy <new>@10 --yes')).toEqual([`echo 'a # b'`, 'deploy <new>@10 --yes'])
  })

  test('that never end are named by page and line', () => {
    expect(() => textsOf('npm ci', 'echo "a')).toThrow('docs/x.md:5: found no end of echo "a')
  })
})

test('a port, a folder and an id are those of here', () => {
  const here = { port: 1234, scratch: '/scratch' }
  const command = (text: string) => ({ page: 'README.md', line: 1, block: 1, text })
  expect(asRunHere(command("curl 'http://localhost:8787/v1'"), here)).toBe("curl 'http://localhost:1234/v1'")
  expect(asRunHere(command('ls /tmp/tables'), here)).toBe('ls /scratch/tmp/tables')
})

test('what is not run says why, and no entry is left over', () => {
  const unusedReasons = NOT_RUN.filter((entry) => !COMMANDS.some((command) => isMeant(entry, command)))
  expect(unusedReasons).toEqual([])
  const unusedStandIns = STAND_INS.filter(
    (entry) => !COMMANDS.some(({ page, text }) => (entry.page ?? page) === page && text.search(entry.written) >= 0),
  )
  expect(unusedStandIns).toEqual([])
})

test('most of what the pages show is run', () => {
  const skipped = COMMANDS.filter((command) => reasonNotToRun(command) !== undefined)
  expect(COMMANDS.length).toBeGreaterThan(100)
  expect(skipped.length / COMMANDS.length).toBeLessThan(0.4)
})

test('a reason sends nobody to a command that is not there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = NOT_RUN.flatMap(({ why }) => [...why.matchAll(/`npm run ([\w:]+)`/g)].map(([, name]) => name!))
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
})
