import type { RandomSource } from '#core/random.ts'
import type { MovieText } from '../../../build/nouns.ts'

/** Words of syllables: what they say does not matter, their lengths are those of English. */
const SYLLABLES = 'an the or ing ed er le ra mo ti ver con star lo na ri sto pe ma de'.split(' ')
const TITLE_WORDS = [1, 2, 2, 3, 3, 4, 5]

export function drawTitle(random: RandomSource): string {
  return sentence(TITLE_WORDS[Math.floor(random.uniform() * TITLE_WORDS.length)]!, random)
}

/** About 500 bytes, as in the bundled sample. */
export function drawText(random: RandomSource): MovieText {
  const names = (count: number) => Array.from({ length: count }, () => `${sentence(1, random)} ${sentence(1, random)}`)
  return {
    overview: `${sentence(20, random)}. ${sentence(25, random)}.`,
    tagline: sentence(6, random),
    keywords: Array.from({ length: 5 }, () => word(random)),
    cast: names(5),
    directors: names(1),
    poster: '',
    source: `https://example.org/${word(random)}`,
  }
}

/** Its first letter is large. */
function sentence(numWords: number, random: RandomSource): string {
  const text = Array.from({ length: numWords }, () => word(random)).join(' ')
  return text[0]!.toUpperCase() + text.slice(1)
}

function word({ uniform }: RandomSource): string {
  const length = 1 + Math.floor(3 * uniform())
  return Array.from({ length }, () => SYLLABLES[Math.floor(uniform() * SYLLABLES.length)]!).join('')
}
