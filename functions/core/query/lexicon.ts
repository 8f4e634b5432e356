import type { CatalogIndex } from '../format/catalog.ts'
import type { Model } from '../model.ts'
import { words } from '../text/analyse.ts'
import { openPeople, type People } from './people.ts'
import { type Glued, openGlued } from './phrase-table.ts'
import { GENRE_ALIASES, GENRE_PHRASES, type GenreConcept } from './phrases/genres.ts'
import { openTitleNames, type TitleNames } from './title-names.ts'

/** What the words of a query are held against: a model's own titles, people and genres. */
export interface QueryLexicon {
  titles: TitleNames
  people: People
  /** the catalogue's name of a genre; undefined where it has none */
  genre(concept: GenreConcept): string | undefined
  /** every genre of the catalogue */
  genreNames: readonly string[]
  hasLanguage(code: string): boolean
  /** whether the texts use a word */
  isKnownWord(word: string): boolean
  glued: Glued
  /** of its own arrays; the titles and terms themselves belong to the model */
  sizeBytes: number
}

/**
 * Made at the first query and kept: 87,000 titles, 22,000 local ones and 100,000 names take 0.55 s of CPU and 2 MB, the
 * phrases 3 MB more (scripts/bench/query.ts).
 * @param model its terms of people are `cast:…` and `director:…`
 */
export function openQueryLexicon(model: Pick<Model, 'catalog' | 'titles' | 'content'>): QueryLexicon {
  const { catalog, content } = model
  const titles = openTitleNames(model)
  const people = openPeople(content)
  const genres = genreNames(catalog)
  return {
    titles,
    people,
    genre: (concept) => genres.get(concept),
    genreNames: catalog.genreNames,
    hasLanguage: (code) => catalog.languageCodes.includes(code),
    isKnownWord: (word) => people.termIndexOf(word) >= 0,
    glued: openGlued(),
    sizeBytes: titles.sizeBytes + people.sizeBytes,
  }
}

const lexicons = new WeakMap<Model, QueryLexicon>()

/** The lexicon of a model, which is made at the first call and kept as long as the model. */
export function lexiconOf(model: Model): QueryLexicon {
  let known = lexicons.get(model)
  if (!known) lexicons.set(model, (known = openQueryLexicon(model)))
  return known
}

/** By concept, the catalogue's own name: a genre called so, or the first of its other names. */
function genreNames({ genreNames }: Pick<CatalogIndex, 'genreNames'>): Map<GenreConcept, string> {
  const byWords = new Map(genreNames.map((name) => [words(name).join(' '), name]))
  const found = new Map<GenreConcept, string>()
  for (const concept of Object.keys(GENRE_PHRASES) as GenreConcept[]) {
    const names = [concept, ...(GENRE_ALIASES[concept]?.split(',') ?? [])]
    const name = names.map((alias) => byWords.get(words(alias).join(' '))).find((known) => known !== undefined)
    if (name !== undefined) found.set(concept, name)
  }
  return found
}
