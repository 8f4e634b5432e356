import { describe, expect, test } from 'vitest'
import { renderMessages, sectionOf } from '#recommend/prompts/render.ts'

const PROMPT = `For people.

## system

You are {{who}}.

## user

{{query}}
`

describe('a prompt', () => {
  test('gives a message a role, without what stands above the first', () => {
    expect(renderMessages(PROMPT, { who: 'kind', query: 'phim buồn' })).toEqual([
      { role: 'system', content: 'You are kind.' },
      { role: 'user', content: 'phim buồn' },
    ])
  })

  test('does not look into what it is filled with', () => {
    const [, user] = renderMessages(PROMPT, { who: 'kind', query: '{{who}} $& $1 ## system' })
    expect(user!.content).toBe('{{who}} $& $1 ## system')
  })

  test('is refused with a placeholder that nothing fills, and with a value that has no place', () => {
    expect(() => renderMessages(PROMPT, { who: 'kind' })).toThrow('found {{query}}, and no value for it')
    expect(() => renderMessages(PROMPT, { who: 'a', query: 'b', liked: 'c' })).toThrow('found no {{liked}}')
  })

  test('is refused with a section that is no role, or without the one wanted', () => {
    expect(() => renderMessages('## robot\n\nhi', {})).toThrow('found section "robot"')
    expect(() => sectionOf('## shared\n\nhi', 'item')).toThrow('found no section "item"')
  })

  test('reads the same from a file with Windows’ line ends', () => {
    const values = { who: 'kind', query: 'x' }
    expect(renderMessages(PROMPT.replaceAll('\n', '\r\n'), values)).toEqual(renderMessages(PROMPT, values))
  })
})
