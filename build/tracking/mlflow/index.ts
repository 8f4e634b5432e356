import { projectOf, type RunRecord } from '../record.ts'
import type { Tracker } from '../tracker.ts'
import { type MlflowServer, serverOf } from './client.ts'
import { newCursor, readCursor, writeCursor } from './cursor.ts'
import { promoteModel } from './register-model.ts'
import { sendRun } from './send-run.ts'

/**
 * MLflow as the environment names it: `MLFLOW_TRACKING_URI` and its credentials, `MLFLOW_EXPERIMENT_NAME` and
 * `MARQUEE_MLFLOW_MODEL` (both by default the project's name).
 * @returns null when it names none; @throws {TrackerError} for an address that is not of a server
 */
export function mlflowTracker(env: NodeJS.ProcessEnv): Tracker | null {
  const server = serverOf(env)
  if (server === null) return null
  const names = (record: RunRecord) => {
    const project = projectOf(record)
    return {
      experiment: env.MLFLOW_EXPERIMENT_NAME || project,
      registeredModel: env.MARQUEE_MLFLOW_MODEL || project,
    }
  }
  return {
    name: 'mlflow',
    mark: (folder) => writeCursor(folder, { ...cursorOf(folder, server), isDone: false }),
    isPending: (folder) => {
      const cursor = readCursor(folder)
      return cursor !== null && cursor.uri === server.uri && !cursor.isDone
    },
    send: (folder, signal) => sendRun(server, names, folder, signal),
    promote: (buildId, signal) => promoteModel(server, buildId, signal),
  }
}

/** Of a run that is gone on with there; one that was sent elsewhere begins anew. */
function cursorOf(folder: string, { uri }: MlflowServer) {
  const cursor = readCursor(folder)
  return cursor?.uri === uri ? cursor : newCursor(uri)
}
