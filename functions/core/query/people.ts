import type { ContentIndex } from '../format/content.ts'
import { firstFrom } from '../sorted.ts'
import { editDistance } from '../text/vocabulary.ts'
import { collectNames, hashOf, type NameIndex } from './name-index.ts'

/** Directors and actors of the catalogue; names are folded words with a space between. */
export interface People {
  has(name: string): boolean
  /**
   * Who is meant by the end of a name (`nolan`, `de niro`): the one with most movies, where he has clearly more than the next.
   * @param role which of their movies count
   */
  bySurname(surname: string, role: PersonRole | null): string | null
  /** A name of two words or more with a typo in one of them. */
  spelled(found: readonly string[]): string | null
  /** of any term; −1 where the texts have none so; O(log terms) */
  termIndexOf(term: string): number
  sizeBytes: number
}

export type PersonRole = 'director' | 'cast'

const ROLES: PersonRole[] = ['director', 'cast']
/** A surname means the best known of its bearers where he made so many movies, and so many times those of the next. */
const SURNAME_MOVIES = 2
const SURNAME_RATIO = 1.5
/** Letters of a name from which one of them may be wrong, and from which two. */
const ONE_TYPO_FROM = 4
const TWO_TYPOS_FROM = 8

export function openPeople({ numTerms, term, documentFrequencies }: ContentIndex): People {
  const firstTerm = (text: string) => firstFrom(numTerms, (at) => term(at) < text)
  const termIndexOf = (text: string) => {
    const at = firstTerm(text)
    return at < numTerms && term(at) === text ? at : -1
  }
  const ranges = ROLES.map((role) => ({ role, from: firstTerm(`${role}:`), to: firstTerm(`${role};`) }))
  const surnames = collectNames()
  for (const { role, from, to } of ranges)
    for (let at = from; at < to; at++) {
      const text = term(at)
      surnames.add(hashOf(text.slice(Math.max(text.lastIndexOf(' '), role.length) + 1)), at)
    }
  const bySurname: NameIndex = surnames.index()
  /** terms of names that end in a word */
  const endingIn = (word: string) => bySurname.numbersOf(hashOf(word))
  const nameOf = (at: number) => term(at).slice(term(at).indexOf(':') + 1)
  const isWorthATypo = (word: string) => (word.length < ONE_TYPO_FROM ? 0 : word.length < TWO_TYPOS_FROM ? 1 : 2)
  const has = (name: string) => {
    const surname = name.slice(name.lastIndexOf(' ') + 1)
    return endingIn(surname).length > 0 && ROLES.some((role) => termIndexOf(`${role}:${name}`) >= 0)
  }
  return {
    has,
    bySurname(surname, role) {
      const movies = new Map<string, number>()
      for (const at of endingIn(surname.slice(surname.lastIndexOf(' ') + 1))) {
        const name = nameOf(at)
        if (!` ${name}`.endsWith(` ${surname}`) || (role !== null && !term(at).startsWith(role))) continue
        movies.set(name, (movies.get(name) ?? 0) + documentFrequencies[at]!)
      }
      const [first, second] = [...movies].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      if (!first || first[1] < SURNAME_MOVIES || first[1] < SURNAME_RATIO * (second?.[1] ?? 0)) return null
      return first[0]
    },
    spelled(found) {
      const [name, surname] = [found.join(' '), found.at(-1)!]
      const within = (candidate: string, wrong: string) => {
        const most = isWorthATypo(wrong)
        return (
          most > 0 && Math.abs(candidate.length - name.length) <= most && editDistance(name, candidate, most) <= most
        )
      }
      // its last word is right, or its first is
      for (const at of endingIn(surname)) {
        const candidate = nameOf(at)
        if (candidate.endsWith(` ${surname}`) && within(candidate, found.slice(0, -1).join(''))) return candidate
      }
      for (const role of ROLES) {
        const beginning = `${role}:${found.slice(0, -1).join(' ')} `
        const to = firstTerm(`${beginning}\uffff`)
        for (let at = firstTerm(beginning); at < to; at++) if (within(nameOf(at), surname)) return nameOf(at)
      }
      return null
    },
    termIndexOf,
    sizeBytes: bySurname.sizeBytes,
  }
}
