import type { RequestLog } from '../context.ts'
import { LateError, within } from '../within.ts'
import { ProblemError } from './errors.ts'

/** Longest wait for the database where there is no answer without it. */
const READ_MS = 2000
const WRITE_MS = 5000

/**
 * Wait until something is stored: what is acknowledged is in the database.
 * @param what in a word, such as rating
 * @throws {ProblemError} unavailable when it was not stored, or when that is not known in time
 */
export async function stored<Result>(what: string, log: RequestLog, write: Promise<Result>): Promise<Result> {
  try {
    return await within(WRITE_MS, write)
  } catch (error) {
    log({ event: `${what} not stored`, reason: String(error) })
    throw new ProblemError(
      'unavailable',
      error instanceof LateError
        ? `the ${what} was not confirmed in time: it may be stored or not; send it again`
        : `the ${what} could not be stored; nothing was changed`,
    )
  }
}

/**
 * Wait for what the answer is about.
 * @param what in words, such as feedback
 * @throws {ProblemError} unavailable when it could not be read, or not in time
 */
export async function needed<Result>(what: string, log: RequestLog, read: Promise<Result>): Promise<Result> {
  return within(READ_MS, read).catch((error: unknown) => {
    log({ event: `${what} not read`, reason: String(error) })
    throw new ProblemError('unavailable', `the ${what} could not be read`)
  })
}
