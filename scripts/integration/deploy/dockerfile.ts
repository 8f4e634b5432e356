/** One line of a Dockerfile, continued ones joined: what it is called and what follows. */
export interface Instruction {
  name: string
  /** what follows, flags such as --from among it */
  rest: string
}

export function instructionsOf(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
      if (name === undefined) throw new Error(`Dockerfile: found "${line}", expected an instruction`)
      return { name, rest: rest! }
    })
}

/** ENTRYPOINT, CMD and what HEALTHCHECK runs stand as JSON lists. */
export function wordsOf(rest: string): string[] {
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}

/**
 * Whether .dockerignore keeps a file out of an image: the last pattern that fits holds, `!` takes back, `**` is any folders
 * and `*` anything in one; a folder's files are as the folder.
 */
export function ignoreRules(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }))
  return (path) => rules.reduce((ignored, { keeps, pattern }) => (pattern.test(path) ? !keeps : ignored), false)
}

function patternOf(glob: string): RegExp {
  const text = glob
    .split('**/')
    .map((part) => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*'))
    .join('(?:.*/)?')
  return new RegExp(`^${text}(?:/|$)`)
}
