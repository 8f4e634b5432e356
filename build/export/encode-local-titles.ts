import { LOCAL_TITLES_FILE } from '#core/format/local-titles.ts'
import { LOCAL_TITLES } from '#core/format/tables.ts'
import type { ModelCard } from '#core/schemas/manifest.ts'
import type { Catalog, LocalTitle } from '../nouns.ts'
import { encodeTable } from './encode-table.ts'

/** No file where no movie has a title in another language. */
export function encodeLocalTitles(localTitles: readonly LocalTitle[]): [string, Uint8Array][] {
  if (localTitles.length === 0) return []
  const languages = codesOf(localTitles)
  if (languages.length > 256) throw new RangeError(`titles in ${languages.length} languages, there is room for 256`)
  return [
    [
      LOCAL_TITLES_FILE,
      encodeTable(
        LOCAL_TITLES,
        localTitles.length,
        {
          itemIndex: Int32Array.from(localTitles, ({ itemIndex }) => itemIndex),
          language: Uint8Array.from(localTitles, ({ language }) => languages.indexOf(language)),
          title: localTitles.map(({ title }) => title),
        },
        { languages: JSON.stringify(languages) },
      ),
    ],
  ]
}

/** What the model card says of them. */
export function localTitlesCard({ localTitles = [] }: Catalog): ModelCard['model']['localTitles'] {
  if (localTitles.length === 0) return undefined
  return { languages: codesOf(localTitles), movies: new Set(localTitles.map(({ itemIndex }) => itemIndex)).size }
}

function codesOf(localTitles: readonly LocalTitle[]): string[] {
  return [...new Set(localTitles.map(({ language }) => language))].sort()
}
