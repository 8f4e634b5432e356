import type * as z from 'zod'
import { rule, show } from '#core/schemas/problem.ts'

type Path = readonly PropertyKey[]

/** What a problem is told with. */
interface Surroundings {
  /** file, line and key, as `config/config.yml:12: model.cf.factors` */
  where(path: Path): string
  found(path: Path): unknown
  /** path of every key there is, in a list those of its first entry */
  known: string[]
}

/** A problem that zod found, as lines for a person: where, what was found, what is allowed. */
export function describeProblem(issue: z.core.$ZodIssue, { where, found, known }: Surroundings): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      return `${where(path)}: unknown key; ${suggestion(path, known)}`
    })
  return [`${where(issue.path)}: found ${show(found(issue.path))}; ${rule(issue)}`]
}

/** The key that was probably meant: one spelled alike in the same section, or of the same name elsewhere. */
function suggestion(path: Path, knownKeys: string[]): string {
  const name = String(path.at(-1))
  // the keys of one source are those of every other
  const section = path
    .slice(0, -1)
    .map((step) => (typeof step === 'number' ? 0 : step))
    .join('.')
  const known = knownKeys.map((key) => ({ key, name: key.slice(key.lastIndexOf('.') + 1) }))
  const siblings = known.filter(({ key, name }) => key === (section === '' ? name : `${section}.${name}`))
  const [nearest] = siblings
    .map((sibling) => ({ ...sibling, distance: editDistance(name.toLowerCase(), sibling.name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, name.length / 3))
    .sort((a, b) => a.distance - b.distance)
  if (nearest) return `did you mean ${nearest.key}?`
  const elsewhere = known.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  if (elsewhere) return `did you mean ${elsewhere.key}?`
  if (siblings.length === 0) return 'nothing may stand under it'
  return `known ${section === '' ? 'sections' : 'keys'} here: ${siblings.map((sibling) => sibling.name).join(', ')}`
}

/** Levenshtein distance, one row at a time. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}
