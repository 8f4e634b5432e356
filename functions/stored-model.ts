import { ArtifactError } from '#core/format/open-table.ts'
import { megabytes, RESIDENT_BUDGET_BYTES, residentBytes } from '#core/resident.ts'
import type { RequestLog } from './context.ts'
import type { Env } from './env.ts'
import { experimentBytes } from './experiment/running.ts'
import { type OpenedModel, openStored, readManifest } from './open-model.ts'
import { ProblemError } from './routes/errors.ts'
import { within } from './within.ts'

/** Longest wait for it. */
const OPEN_MS = 10_000

// one beside the model that answers, and only while it is used
let slot: { modelId: string; opened: Promise<OpenedModel>; users: number } | null = null

/**
 * Use a model that is not the one that answers, opened for as long as that takes.
 * @throws {ProblemError} not_found where it is not stored, conflict where there is no room for both, unavailable while
 * another one is used so, or where it cannot be read
 */
export async function withStoredModel<Result>(
  modelId: string,
  served: OpenedModel,
  { env, log }: { env: Env; log: RequestLog },
  use: (model: OpenedModel) => Result,
): Promise<Result> {
  if (slot && slot.modelId !== modelId)
    throw new ProblemError('unavailable', 'another model is being replayed here; try again')
  slot ??= { modelId, opened: openBeside(modelId, served, env), users: 0 }
  const own = slot
  own.users++
  try {
    const opened = await within(OPEN_MS, own.opened).catch((error: unknown) => {
      if (error instanceof ProblemError) throw error
      log({ event: 'stored model refused', reason: String(error) })
      throw new ProblemError('unavailable', `model ${modelId} could not be opened`)
    })
    return use(opened)
  } finally {
    if (--own.users === 0) slot = null
  }
}

async function openBeside(modelId: string, served: OpenedModel, env: Env): Promise<OpenedModel> {
  const manifest = await readManifest(env.MODELS, modelId).catch((error: unknown) => {
    if (error instanceof ArtifactError) throw new ProblemError('not_found', `model ${modelId} is not stored`, 'modelId')
    throw error
  })
  const [own, other] = [residentBytes(manifest), residentBytes(served.manifest) + experimentBytes()]
  if (own + other > RESIDENT_BUDGET_BYTES)
    throw new ProblemError(
      'conflict',
      `model ${modelId} takes ${megabytes(own)} and what answers, ${served.modelId}, ${megabytes(other)}; ` +
        `together they may take ${megabytes(RESIDENT_BUDGET_BYTES)}`,
      'modelId',
    )
  return openStored(env.MODELS, modelId, manifest)
}
