import { spawnSync } from 'node:child_process'

/** A command of a page, as a reader would copy it. */
export interface DocCommand {
  /** path from the repository's root */
  page: string
  /** of its first line in the page, 1 first */
  line: number
  /** line of its block: what is set in one holds to its end */
  block: number
  /** all lines of it, without the page's remarks */
  text: string
}

/** The fenced blocks of one language, with the line where each text begins. */
export function blocksOf(markdown: string, language: string): { line: number; text: string }[] {
  const blocks = markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))
  return [...blocks].map(({ index, 1: text }) => ({
    line: markdown.slice(0, index).split('\n').length + 1,
    text: text!,
  }))
}

/**
 * The commands of a page's `sh` blocks in order. One goes on over lines while it ends in a backslash, or while bash still
 * waits for a quote, a bracket or a `done`.
 * @throws {RangeError} naming the page and line of a command that never ends
 */
export function commandsOf(page: string, markdown: string): DocCommand[] {
  return blocksOf(markdown, 'sh').flatMap((block) => {
    const commands: DocCommand[] = []
    let pending: DocCommand | undefined
    for (const [offset, written] of block.text.split('\n').entries()) {
      const row = withoutRemark(written)
      if (pending === undefined && row === '') continue
      pending ??= { page, line: block.line + offset, block: block.line, text: '' }
      pending.text += pending.text === '' ? row : `\n${row}`
      if (!isWhole(pending.text)) continue
      commands.push(pending)
      pending = undefined
    }
    if (pending) throw new RangeError(`${page}:${pending.line}: found no end of ${pending.text.trim()}`)
    return commands
  })
}

/** A remark begins by `#` at the start or behind a space, outside of quotes as far as one row tells. */
function withoutRemark(row: string): string {
  const remark = row.match(/(^|\s)#\s/)
  const before = row.slice(0, remark?.index ?? row.length)
  const isQuoted = (before.match(/['"]/g)?.length ?? 0) % 2 === 1
  return (isQuoted ? row : before).trimEnd()
}

/** `<new>` stands for something of the reader's, and is no redirection. */
function isWhole(text: string): boolean {
  const filled = text.replace(/<\w+>/g, 'word')
  return !filled.endsWith('\\') && spawnSync('bash', ['-n', '-c', filled]).status === 0
}
