import type * as z from 'zod'

/** What zod allows at the place of an issue, worded to follow "found X; ". */
export function rule(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return issue.message.startsWith('Invalid')
        ? `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`
        : issue.message
    case 'too_small':
      return size(issue.origin, issue.inclusive === false ? 'above' : 'at least', issue.minimum)
    case 'too_big':
      return size(issue.origin, issue.inclusive === false ? 'below' : 'at most', issue.maximum)
    case 'invalid_union':
      return unionRule(issue)
    default:
      return issue.message
  }
}

/** The rules of every member of a union, joined. */
function unionRule(issue: z.core.$ZodIssueInvalidUnion): string {
  return issue.errors
    .map((member) =>
      member
        .map((inner) => (inner.path.length > 0 ? `${inner.path.join('.')} ${rule(inner)}` : rule(inner)))
        .join(', '),
    )
    .join(', or ')
}

const TYPE_NAMES: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  tuple: 'a list',
}

function size(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${relation} ${limit} characters`
  if (origin === 'array') return `must have ${relation} ${limit} entries`
  return `must be ${relation} ${limit}`
}

/** A value as it is short to read: text in quotes, nothing where there is none. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'number') return String(value)
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
