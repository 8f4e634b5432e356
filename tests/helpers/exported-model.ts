import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApiConfig } from '#core/schemas/config.ts'
import type { Manifest, ModelCard } from '#core/schemas/manifest.ts'
import type { ExportedModel } from '../../build/nouns.ts'
import { sha256 } from '../../build/publish/published-model.ts'

const estimate = { mean: 0.25, low: 0.2, high: 0.3 }

export const CARD: ModelCard = {
  project: 'test',
  experiment: { name: 'default', notes: '' },
  seed: 1,
  data: {
    users: 1,
    movies: 1,
    ratings: 1,
    usedRatings: 1,
    usedUsers: 1,
    usedMovies: 1,
    parts: { train: 1, validation: 0, test: 0 },
    coverage: { overview: 0, cast: 0, directors: 0, keywords: 0 },
    firstRating: '2000-01-01',
    lastRating: '2000-01-01',
  },
  model: {
    cf: 'als',
    neighbours: 'none',
    next: [],
    nextRatingExponent: 0,
    factors: 8,
    iterations: 1,
    regularization: 1,
    unobservedWeight: 0.1,
    terms: 1,
    likedFrom: 3.5,
    recencyHalfLife: null,
    neighbourHalfLife: null,
    blend: [{ minLikes: 0, weights: { cf: 1, next: 0, neighbours: 0, content: 0, popularity: 0 } }],
  },
  evaluation: {
    protocol: 'none',
    relevantFrom: 3.5,
    usersJudged: 1,
    usersWithoutRelevant: 0,
    models: [
      { name: 'blend', metrics: { 'recall@5': estimate, 'recall@10': estimate, 'ndcg@10': estimate }, coverage: {} },
      {
        name: 'popularity',
        metrics: { 'recall@10': estimate, 'ndcg@10': { mean: 0.1, low: 0.05, high: 0.15 } },
        coverage: {},
      },
    ],
    overPopularity: { 'ndcg@10': estimate },
    stars: null,
  },
  exampleUsers: [],
}

/** A complete folder with two small files, as the export step leaves it. The bytes differ by build id and by `machine`. */
export function exportModel(parent: string, buildId: string, machine = ''): ExportedModel {
  const folder = join(parent, buildId)
  mkdirSync(folder, { recursive: true })
  const files: Manifest['files'] = {}
  for (const name of ['catalog.arrow', 'factors.arrow']) {
    const content = new TextEncoder().encode(`${name} of ${buildId}${machine}`)
    writeFileSync(join(folder, name), content)
    files[name] = { sizeBytes: content.length, sha256: sha256(content) }
  }
  const manifest: Manifest = {
    format: 'marquee-model',
    version: 1,
    buildId,
    files,
    api: ApiConfig.parse({}),
    card: CARD,
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  return { buildId, folder, manifest }
}
