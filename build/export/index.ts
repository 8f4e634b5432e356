import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nextFile } from '#core/format/next.ts'
import { CATALOG, CONTENT, DETAILS, FACTORS, GRAMIAN, HISTORIES, SEGMENTS, TERMS, USERS } from '#core/format/tables.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import type { ArtifactFiles, ExportedModel, Interactions, PreparedRatings, Trained } from '../nouns.ts'
import { encodeLocalTitles } from './encode-local-titles.ts'
import { encodeNeighbours } from './encode-neighbours.ts'
import { encodePlacement } from './encode-placement.ts'
import { encodeStars } from './encode-stars.ts'
import { encodeSegmentedTable, encodeTable, type SegmentedFile } from './encode-table.ts'
import { encodeTower } from './encode-tower.ts'
import { gramianOf, quantizeRows } from './quantize.ts'

export { localTitlesCard } from './encode-local-titles.ts'
export { encodeNeighbours } from './encode-neighbours.ts'
export { encodeRanker } from './encode-ranker.ts'
export { encodeRatingNetwork } from './encode-rating-network.ts'
export { encodeStars } from './encode-stars.ts'
export { towerOnnx } from './tower-onnx.ts'

/**
 * The bytes that are published: what the evaluation runs on is what the Worker gets.
 * @param holdsRating which parts are told: in histories and in the counts shown; the shipped model tells all
 */
export function encodeArtifacts(
  trained: Trained,
  prepared: PreparedRatings,
  holdsRating: (part: number) => boolean,
): ArtifactFiles {
  return new Map([
    ...encodeMovies(trained, prepared, holdsRating),
    ...encodeLocalTitles(prepared.catalog.localTitles ?? []),
    ...encodeFactors(trained),
    ...encodeTower(trained),
    ...trained.next.scales.map(({ weights }, scale) => [nextFile(scale), encodeNeighbours(weights)] as const),
    ['neighbours.arrow', encodeNeighbours(trained.neighbours)],
    ...encodeStars(trained.stars),
    ...encodePlacement(trained),
    ...encodeContent(trained),
    ...encodeHistories(prepared.interactions, holdsRating),
  ])
}

/** Writes the artifacts and their manifest. The folder appears whole or not at all. */
export async function writeModel(files: ArtifactFiles, manifest: Manifest, folder: string): Promise<ExportedModel> {
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  for (const [name, bytes] of files) await writeFile(join(partial, name), bytes)
  await writeFile(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
  return { buildId: manifest.buildId, folder, manifest }
}

/** A model exported before; null when there is none, or one that is not as its manifest says. */
export async function readModel(folder: string, buildId: string): Promise<ExportedModel | null> {
  try {
    const manifest = Manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))
    for (const [name, file] of Object.entries(manifest.files))
      if (sha256(await readFile(join(folder, name))) !== file.sha256) return null
    return manifest.buildId === buildId ? { buildId, folder, manifest } : null
  } catch {
    return null
  }
}

export function manifestFiles(files: ArtifactFiles): Manifest['files'] {
  return Object.fromEntries(
    [...files].map(([name, bytes]) => [name, { sizeBytes: bytes.length, sha256: sha256(bytes) }]),
  )
}

function encodeMovies(
  trained: Trained,
  { catalog, interactions }: PreparedRatings,
  holdsRating: (part: number) => boolean,
): [string, Uint8Array][] {
  const numItems = catalog.movieIds.length
  const genres = [...new Set(catalog.genres.flat())].sort()
  if (genres.length > 32) throw new RangeError(`${genres.length} genres, the catalogue's bit mask has room for 32`)
  const genreMask = Uint32Array.from(catalog.genres, (names) =>
    names.reduce((mask, name) => mask | (1 << genres.indexOf(name)), 0),
  )
  const languages = [...new Set(catalog.languages)].filter((code) => code !== '').sort()
  if (languages.length > 255) throw new RangeError(`${languages.length} languages, the catalogue has room for 255`)
  const catalogFile = encodeTable(
    CATALOG,
    numItems,
    {
      movieId: catalog.movieIds,
      title: catalog.titles,
      year: catalog.years,
      genreMask,
      // an unknown one stands at −1, so it gets 0
      language: Uint8Array.from(catalog.movieIds, (_, item) => languages.indexOf(catalog.languages?.[item] ?? '') + 1),
      runtime: catalog.runtimes,
      imdbId: catalog.imdbIds,
      tmdbId: catalog.tmdbIds,
      ...ratingStatistics(interactions, numItems, holdsRating),
      popularity: trained.popularity,
    },
    { genres: JSON.stringify(genres), languages: JSON.stringify(languages) },
  )
  const details = encodeSegmentedTable(DETAILS, numItems, {
    movieId: catalog.movieIds,
    overview: catalog.texts.map((text) => text.overview),
    tagline: catalog.texts.map((text) => text.tagline),
    keywords: catalog.texts.map((text) => text.keywords),
    cast: catalog.texts.map((text) => text.cast),
    directors: catalog.texts.map((text) => text.directors),
    poster: catalog.texts.map((text) => text.poster),
    source: catalog.texts.map((text) => text.source),
  })
  return [
    ['catalog.arrow', catalogFile],
    ['details.arrow', details.file],
    ['details-index.arrow', encodeIndex(details)],
  ]
}

/** How many ratings a movie has, and their mean in stars, 0 where none; for people to see, no score uses it. */
function ratingStatistics(
  { itemIndices, ratings, parts }: Interactions,
  numItems: number,
  holdsRating: (part: number) => boolean,
): { numRatings: Int32Array; meanRating: Float32Array } {
  const numRatings = new Int32Array(numItems)
  const sums = new Float64Array(numItems)
  for (let entry = 0; entry < itemIndices.length; entry++) {
    if (!holdsRating(parts[entry]!)) continue
    numRatings[itemIndices[entry]!]! += 1
    sums[itemIndices[entry]!]! += ratings[entry]!
  }
  return { numRatings, meanRating: Float32Array.from(sums, (sum, item) => (sum > 0 ? sum / numRatings[item]! : 0)) }
}

function encodeFactors({ itemFactors, placedByTexts, factors, foldIn }: Trained): [string, Uint8Array][] {
  const numItems = itemFactors.length / factors
  const { quantized, scales } = quantizeRows(itemFactors, numItems, factors)
  const learnedScales = scales.map((scale, item) => (placedByTexts[item] === 1 ? 0 : scale))
  return [
    [
      'factors.arrow',
      encodeTable(
        FACTORS,
        numItems,
        { quantized: { size: factors, values: quantized }, scale: scales, placedByTexts },
        Object.fromEntries(Object.entries(foldIn).map(([key, value]) => [key, String(value)])),
      ),
    ],
    [
      'gramian.arrow',
      encodeTable(GRAMIAN, factors, { row: { size: factors, values: gramianOf(quantized, learnedScales, factors) } }),
    ],
  ]
}

function encodeContent({ content }: Trained): [string, Uint8Array][] {
  const numItems = content.indptr.length - 1
  const weights = new Uint8Array(content.weights.length)
  const scale = new Float32Array(numItems)
  for (let item = 0; item < numItems; item++) {
    const row = content.weights.subarray(content.indptr[item]!, content.indptr[item + 1]!)
    scale[item] = row.reduce((largest, weight) => Math.max(largest, weight), 0) / 255
    // at least 1, so that a term which was kept stays one
    row.forEach((weight, entry) => {
      weights[content.indptr[item]! + entry] = Math.max(1, Math.round(weight / scale[item]!))
    })
  }
  return [
    [
      'content.arrow',
      encodeTable(CONTENT, numItems, {
        termIndices: { offsets: content.indptr, values: content.termIndices },
        weights: { offsets: content.indptr, values: weights },
        scale,
      }),
    ],
    [
      'terms.arrow',
      encodeTable(TERMS, content.terms.length, { term: content.terms, documentFrequency: content.documentFrequencies }),
    ],
  ]
}

function encodeHistories(
  { userIds, indptr, itemIndices, ratings, timestamps, parts }: Interactions,
  holdsRating: (part: number) => boolean,
): [string, Uint8Array][] {
  const offsets = new Uint32Array(userIds.length + 1)
  const held: number[] = []
  for (let user = 0; user < userIds.length; user++) {
    for (let entry = indptr[user]!; entry < indptr[user + 1]!; entry++) if (holdsRating(parts[entry]!)) held.push(entry)
    offsets[user + 1] = held.length
  }
  const histories = encodeSegmentedTable(HISTORIES, userIds.length, {
    userId: userIds,
    itemIndices: { offsets, values: Int32Array.from(held, (entry) => itemIndices[entry]!) },
    halfStars: { offsets, values: Uint8Array.from(held, (entry) => Math.round(ratings[entry]! * 2)) },
    timestamps: { offsets, values: Uint32Array.from(held, (entry) => timestamps[entry]!) },
  })
  return [
    ['users.arrow', encodeTable(USERS, userIds.length, { userId: userIds })],
    ['histories.arrow', histories.file],
    ['histories-index.arrow', encodeIndex(histories)],
  ]
}

function encodeIndex({ schema, segments, rowsPerSegment }: SegmentedFile): Uint8Array {
  return encodeTable(
    SEGMENTS,
    segments.length,
    {
      offset: Uint32Array.from(segments, ({ offset }) => offset),
      sizeBytes: Uint32Array.from(segments, ({ bytes }) => bytes.length),
      sha256: segments.map(({ bytes }) => sha256(bytes)),
    },
    { schema: Buffer.from(schema).toString('hex'), rowsPerSegment: String(rowsPerSegment) },
  )
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
