import type { ContentConfig } from '#core/schemas/config.ts'
import { tokens, words } from '#core/text/analyse.ts'
import type { Catalog, TermMatrix } from '../nouns.ts'

/**
 * TF-IDF of a movie's genres, overview, tagline, keywords, cast and directors.
 *
 * Terms. Overview and tagline give plain tokens. A genre or a name is one whole term, `genre:sci fi`, `cast:tom hanks`,
 * `director:…`: the words of a name would make every Tom alike. A keyword of one word is a plain token, so that it meets
 * the same word in an overview; a longer one is one whole term, `keyword:time travel`.
 *
 * Weights. tf = Σ over fields of fieldWeight · occurrences; weight = ln(1 + tf) · ln(numItems / documentFrequency);
 * the strongest `maxTermsPerMovie` stay (ties by term), and the row is scaled to length 1.
 * `minDocumentFrequency` holds for all terms, `maxDocumentShare` for plain tokens only: Drama is half of all movies and
 * still says something, little by its idf. A term in every movie weighs 0 and is left out.
 */
export function trainContent(catalog: Catalog, config: ContentConfig): TermMatrix {
  const numItems = catalog.titles.length
  const frequencies = Array.from({ length: numItems }, (_, item) => termFrequencies(catalog, item, config))
  const documents = new Map<string, number>()
  for (const row of frequencies) for (const term of row.keys()) documents.set(term, (documents.get(term) ?? 0) + 1)

  const most = config.maxDocumentShare * numItems
  const terms = [...documents]
    .filter(
      ([term, count]) =>
        count >= config.minDocumentFrequency && count < numItems && (term.includes(':') || count <= most),
    )
    .map(([term]) => term)
    .sort()
  const indexOf = new Map(terms.map((term, index) => [term, index]))
  const documentFrequencies = Int32Array.from(terms, (term) => documents.get(term)!)

  const rows = frequencies.map((row) => unitRow(row, indexOf, documentFrequencies, numItems, config.maxTermsPerMovie))
  const indptr = new Uint32Array(numItems + 1)
  for (const [item, row] of rows.entries()) indptr[item + 1] = indptr[item]! + row.length
  return {
    terms,
    documentFrequencies,
    indptr,
    termIndices: Int32Array.from(rows.flatMap((row) => row.map(({ term }) => term))),
    weights: Float32Array.from(rows.flatMap((row) => row.map(({ weight }) => weight))),
  }
}

interface Entry {
  term: number
  weight: number
}

/** term → Σ fieldWeight · occurrences, above 0 */
function termFrequencies(catalog: Catalog, item: number, { fieldWeights }: ContentConfig): Map<string, number> {
  const text = catalog.texts[item]!
  const frequencies = new Map<string, number>()
  const count = (terms: readonly string[], weight: number) => {
    if (weight === 0) return
    for (const term of terms) frequencies.set(term, (frequencies.get(term) ?? 0) + weight)
  }
  count(wholeTerms('genre', catalog.genres[item]!), fieldWeights.genres)
  count(tokens(text.overview), fieldWeights.overview)
  count(tokens(text.tagline), fieldWeights.tagline)
  for (const keyword of text.keywords) {
    count(words(keyword).length === 1 ? tokens(keyword) : wholeTerms('keyword', [keyword]), fieldWeights.keywords)
  }
  count(wholeTerms('cast', text.cast), fieldWeights.cast)
  count(wholeTerms('director', text.directors), fieldWeights.directors)
  return frequencies
}

/** `cast`, `Tom Hanks` → `cast:tom hanks`; a phrase without letters or digits gives none */
function wholeTerms(field: string, phrases: readonly string[]): string[] {
  return phrases
    .map((phrase) => words(phrase).join(' '))
    .filter((phrase) => phrase !== '')
    .map((phrase) => `${field}:${phrase}`)
}

function unitRow(
  frequencies: ReadonlyMap<string, number>,
  indexOf: ReadonlyMap<string, number>,
  documentFrequencies: Int32Array,
  numItems: number,
  maxTerms: number,
): Entry[] {
  const entries: Entry[] = []
  for (const [name, frequency] of frequencies) {
    const term = indexOf.get(name)
    if (term === undefined) continue
    entries.push({ term, weight: Math.log1p(frequency) * Math.log(numItems / documentFrequencies[term]!) })
  }
  const kept = entries.sort((a, b) => b.weight - a.weight || a.term - b.term).slice(0, maxTerms)
  const length = Math.hypot(...kept.map(({ weight }) => weight))
  return kept.map(({ term, weight }) => ({ term, weight: weight / length })).sort((a, b) => a.term - b.term)
}
