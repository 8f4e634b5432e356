import type { LlmMessage } from '../handles.ts'

/** A `## name` and the text below it, up to the next. */
interface Section {
  name: string
  text: string
}

const ROLES = ['system', 'user', 'assistant'] as const

/**
 * Messages of a prompt whose sections are the roles, examples among them, with every placeholder filled in. What is
 * filled in is not looked at again: `{{…}}` in a query stays text.
 * @throws {TypeError} for a section that is no role, a placeholder without a value, and a value without a placeholder
 */
export function renderMessages(prompt: string, values: Readonly<Record<string, string>>): LlmMessage[] {
  const messages = sectionsOf(prompt).map(({ name, text }) => {
    const role = ROLES.find((each) => each === name)
    if (!role) throw new TypeError(`prompt: found section ${JSON.stringify(name)}; expected ${ROLES.join(', ')}`)
    return { role, content: text }
  })
  const filled = fill(
    messages.map(({ content }) => content),
    values,
  )
  return messages.map(({ role }, at) => ({ role, content: filled[at]! }))
}

/**
 * One section of a prompt that has no roles, to be filled in as often as is wanted.
 * @throws {TypeError} where there is no such section; when filled in, as renderMessages does
 */
export function sectionOf(prompt: string, name: string): (values: Readonly<Record<string, string>>) => string {
  const section = sectionsOf(prompt).find((each) => each.name === name)
  if (!section) throw new TypeError(`prompt: found no section ${JSON.stringify(name)}`)
  return (values) => fill([section.text], values)[0]!
}

/** What stands above the first heading is for people. */
function sectionsOf(prompt: string): Section[] {
  const [, ...parts] = `\n${prompt.replaceAll('\r\n', '\n')}`.split('\n## ')
  return parts.map((part) => {
    const [name] = part.split('\n', 1)
    return { name: name!.trim(), text: part.slice(name!.length).trim() }
  })
}

function fill(texts: readonly string[], values: Readonly<Record<string, string>>): string[] {
  const used = new Set<string>()
  const filled = texts.map((text) =>
    text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = values[name]
      if (value === undefined) throw new TypeError(`prompt: found {{${name}}}, and no value for it`)
      used.add(name)
      return value
    }),
  )
  const unused = Object.keys(values).find((name) => !used.has(name))
  if (unused !== undefined) throw new TypeError(`prompt: found no {{${unused}}} for the value given`)
  return filled
}
