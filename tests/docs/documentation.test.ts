import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { describeProgram } from '../../build/cli.ts'
import type { Surroundings } from '../../build/commands/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const list = (pattern: string) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', pattern], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(ROOT, file)))
const PAGES = list('*.md').filter((file) => file === 'README.md' || file.startsWith('docs/'))
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const prose = textOf(file).replaceAll(/^```.*?^```/gms, '')
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The commands of a page as words, comments and continued lines taken care of. */
function commandsOf(text: string): string[][] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!.replaceAll('\\\n', ' '))
  const inline = [...text.matchAll(/`((?:npx|npm) [^`]+)`/g)].map(([, line]) => line!)
  const lines = [...blocks.flatMap((block) => block.split('\n')), ...inline].flatMap((line) => line.split(/&&|;|\|/))
  return lines
    .map((line) =>
      line
        .replace(/\s#.*$/, '')
        .replace(/\s2?>.*$/, '')
        .trim(),
    )
    .map((line) => (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2')))
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
}

const program = describeProgram([], {
  stdout: { write: () => true },
  stderr: { write: () => true },
} as unknown as Surroundings)

/** The command that the words name, and what of them it does not know. */
function unknownTo(words: string[]): string[] {
  let command: Command = program
  let rest = words
  for (;;) {
    const next = command.commands.find((known) => known.name() === rest[0])
    if (!next) break
    command = next
    rest = rest.slice(1)
  }
  try {
    const { operands, unknown } = command.parseOptions(rest.filter((word) => word !== '…'))
    const [first] = command.commands.length > 0 ? [...unknown, ...operands] : unknown
    return first === undefined || first === '--help' ? [] : [`${words.join(' ')}: ${first}`]
  } catch (error) {
    return [`${words.join(' ')}: ${(error as Error).message}`]
  }
}

describe.each(PAGES)('%s', (page) => {
  const text = textOf(page)

  test('links to what is there', () => {
    const prose = text.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`]*`/g, '')
    const broken = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^https?:|^mailto:/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split('#') as [string, string?]
        const file = path === '' ? page : normalize(join(dirname(page), path))
        if (!existsSync(join(ROOT, file))) return true
        return anchor !== undefined && !anchorsOf(file).includes(anchor)
      })
    expect(broken).toEqual([])
  })

  test('types commands that there are', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
    const unknown = commandsOf(text).flatMap(([runner, ...words]) => {
      if (runner === 'npm' && words[0] === 'run') return words[1]! in scripts ? [] : [`npm run ${words[1]}`]
      if (runner === 'npx' && words[0] === 'marquee') return unknownTo(words.slice(1))
      return []
    })
    expect(unknown).toEqual([])
  })
})

test('docs/README.md names every page', () => {
  const named = textOf('docs/README.md')
  const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
  expect(pages.filter((page) => !named.includes(`(${page.slice('docs/'.length)})`))).toEqual([])
})
