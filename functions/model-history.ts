import type { ModelHistory } from '#core/schemas/api.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import type { ServedModel } from './open-model.ts'
import { within } from './within.ts'

/** Models that are told of, the served one among them. */
const MOST = 10
/** Longest wait for their manifests. */
const READ_MS = 5000

type Told = ModelHistory['models'][number]

// what was read of a published model stays true: it never changes
const known = new Map<string, Told>()

/**
 * The served model and those before it, by their own cards. One that is not stored any more, or that today's code cannot
 * read, is left out.
 */
export async function modelHistory(bucket: R2Bucket, served: ServedModel): Promise<ModelHistory> {
  const before = served.previous.slice(0, MOST - 1)
  for (const modelId of known.keys()) if (!before.includes(modelId)) known.delete(modelId)
  const read = await within(READ_MS, Promise.all(before.map((modelId) => readTold(bucket, modelId))))
  const { modelId, publishedAt, manifest } = served
  return { models: [toldOf(modelId, publishedAt, manifest), ...read.filter((told) => told !== null)] }
}

async function readTold(bucket: R2Bucket, modelId: string): Promise<Told | null> {
  const kept = known.get(modelId)
  if (kept) return kept
  const object = await bucket.get(`models/${modelId}/manifest.json`)
  const parsed = object && Manifest.safeParse(await object.json().catch(() => null))
  if (!parsed?.success) return null
  const told = toldOf(modelId, object!.uploaded.toISOString(), parsed.data)
  known.set(modelId, told)
  return told
}

function toldOf(modelId: string, publishedAt: string, { card: { data, evaluation } }: Manifest): Told {
  const ndcgAt10 = (name: string) => evaluation.models.find((row) => row.name === name)?.metrics['ndcg@10'] ?? null
  return {
    modelId,
    publishedAt,
    ratings: data.usedRatings,
    movies: data.movies,
    usersJudged: evaluation.usersJudged,
    ndcgAt10: ndcgAt10('marquee'),
    popularityNdcgAt10: ndcgAt10('popularity'),
  }
}
