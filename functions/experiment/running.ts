import { megabytes, RESIDENT_BUDGET_BYTES, residentBytes } from '#core/resident.ts'
import { EXPERIMENT_KEY, Experiment, type ExperimentArm } from '#core/schemas/experiment.ts'
import type { OpenedModel, ServedModel } from '../open-model.ts'

/** An experiment with every model that its arms answer by, opened. */
interface Running {
  experiment: Experiment
  /** by modelId; none of the model that is served anyway */
  models: ReadonlyMap<string, OpenedModel>
}

// one an isolate, read-only; swapped as a whole after a look at the pointer
let running: Running | null = null
let problem: string | null = null

/** The experiment that runs, as this isolate knows it. */
export function runningExperiment(): Experiment | null {
  return running?.experiment ?? null
}

/** Why a stored experiment does not run. */
export function experimentProblem(): string | null {
  return problem
}

/** The model that an arm answers by. */
export function modelOfArm({ modelId }: ExperimentArm, served: ServedModel): ServedModel {
  const own = modelId === null ? undefined : running?.models.get(modelId)
  return own ? { ...own, publishedAt: served.publishedAt, previous: served.previous } : served
}

/** A model that is open for an experiment. */
export function experimentModel(modelId: string): OpenedModel | null {
  return running?.models.get(modelId) ?? null
}

/** Of the models that are open beside the served one. */
export function experimentBytes(): number {
  return [...(running?.models.values() ?? [])].reduce((sum, { manifest }) => sum + residentBytes(manifest), 0)
}

/** How models are found and opened; open-model.ts has both. */
interface ModelDoor {
  readManifest(bucket: R2Bucket, modelId: string): Promise<OpenedModel['manifest']>
  openStored(bucket: R2Bucket, modelId: string, manifest: OpenedModel['manifest']): Promise<OpenedModel>
}

/**
 * Look at what stands beside the pointer. An experiment that cannot be run as it is written does not run at all: one arm
 * answering by another's model would make the report a lie. Where the bucket cannot be read, all stays as it was.
 */
export async function refreshExperiment(bucket: R2Bucket, served: ServedModel, door: ModelDoor): Promise<void> {
  const object = await bucket.get(EXPERIMENT_KEY).catch(() => undefined)
  if (object === undefined) return
  try {
    running = object === null ? null : await opened(Experiment.parse(await object.json()), bucket, served, door)
    problem = null
  } catch (error) {
    running = null
    const found = error instanceof Error ? error.message : String(error)
    if (found !== problem) console.error(JSON.stringify({ event: 'experiment refused', problem: found }))
    problem = found
  }
}

/** @throws {Error} where a model of an arm is not stored, is damaged, or finds no room */
async function opened(
  experiment: Experiment,
  bucket: R2Bucket,
  served: ServedModel,
  door: ModelDoor,
): Promise<Running> {
  const wanted = new Set(experiment.arms.map(({ modelId }) => modelId))
  wanted.delete(null)
  wanted.delete(served.modelId)
  const models = new Map<string, OpenedModel>()
  let sizeBytes = residentBytes(served.manifest)
  for (const modelId of wanted as Set<string>) {
    const known = running?.models.get(modelId)
    const manifest = known?.manifest ?? (await door.readManifest(bucket, modelId))
    sizeBytes += residentBytes(manifest)
    if (sizeBytes > RESIDENT_BUDGET_BYTES)
      throw new Error(
        `${EXPERIMENT_KEY}: with model ${modelId} the models take ${megabytes(sizeBytes)}; at most ${megabytes(RESIDENT_BUDGET_BYTES)}`,
      )
    models.set(modelId, known ?? (await door.openStored(bucket, modelId, manifest)))
  }
  return { experiment, models }
}
