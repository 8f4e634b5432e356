import type { CatalogIndex } from '#core/format/catalog.ts'
import type { QueryLexicon } from '#core/query/lexicon.ts'
import { words } from '#core/text/analyse.ts'

/** Titles as labels write them, with their year. */
export interface TitleBook {
  /** `Interstellar (2014)` */
  titleOf(movieId: number): string
  /** The same of a label's title, whatever its case and the place of its article; undefined where the catalogue lacks it. */
  named(label: string): string | undefined
}

export function openTitleBook(catalog: CatalogIndex, { titles }: QueryLexicon): TitleBook {
  const titleOfItem = (item: number) => {
    const year = catalog.years[item]!
    return year === 0 ? catalog.title(item) : `${catalog.title(item)} (${year})`
  }
  let byWords: Map<string, string> | undefined
  const allByWords = () => {
    const all = new Map<string, string>()
    for (let item = 0; item < catalog.numItems; item++) {
      const title = titleOfItem(item)
      const key = words(title).join(' ')
      if (!all.has(key)) all.set(key, title)
    }
    return all
  }
  return {
    titleOf: (movieId) => titleOfItem(catalog.itemIndexOf(movieId)),
    named(label) {
      byWords ??= allByWords()
      const { name, year } = partsOf(label)
      const exact = byWords.get(words(year === null ? name : `${name} (${year})`).join(' '))
      if (exact !== undefined) return exact
      const item = titles.named(words(name), year)
      return item < 0 ? undefined : titleOfItem(item)
    },
  }
}

/** `Dark Knight, The (2008)` → `The Dark Knight` and 2008 */
function partsOf(label: string): { name: string; year: number | null } {
  const [, title = label, digits] = /^(.*?)\s*(?:\((\d{4})\))?\s*$/.exec(label) ?? []
  const name = title.replace(/^(.*), (The|A|An)\b(.*)$/, '$2 $1$3')
  return { name, year: digits === undefined ? null : Number(digits) }
}
