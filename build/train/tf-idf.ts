import type { ContentConfig } from '#core/schemas/config.ts'
import { type DescribedMovie, termFrequencies, unitRow } from '#core/text/movie-terms.ts'
import type { Catalog, TermMatrix } from '../nouns.ts'

/**
 * TF-IDF of a movie's genres, overview, tagline, keywords, cast and directors; core/text/movie-terms.ts says what a term is
 * and what it weighs. `minDocumentFrequency` holds for all terms, `maxDocumentShare` for plain tokens only: Drama is half of
 * all movies and still says something, little by its idf. A term in every movie weighs 0 and is left out.
 */
export function trainContent(catalog: Catalog, config: ContentConfig): TermMatrix {
  const numItems = catalog.titles.length
  const frequencies = Array.from({ length: numItems }, (_, item) =>
    termFrequencies(describedMovie(catalog, item), config.fieldWeights),
  )
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

  const rows = frequencies.map((row) =>
    unitRow(row, (term) => indexOf.get(term), documentFrequencies, numItems, config.maxTermsPerMovie),
  )
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

function describedMovie({ genres, texts }: Catalog, item: number): DescribedMovie {
  return { genres: genres[item]!, ...texts[item]! }
}
