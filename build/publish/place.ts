import { existsSync } from 'node:fs'
import type { Patience } from './patient-request.ts'
import { PublishError } from './published-model.ts'

/** Where models are published and what users say is kept. */
export interface Place extends Partial<Patience> {
  /**
   * local: R2 and D1 of `wrangler dev` on this disk; remote: Cloudflare's, with credentials from the environment;
   * else the folder of `npm run serve`. Left out: local
   */
  target?: string
  /** of local, as `wrangler dev --persist-to` takes it; .wrangler/state when left out */
  stateDir?: string
  /** of remote; the process's own when left out */
  env?: Record<string, string | undefined>
}

/**
 * A target that is neither local nor remote. @throws {PublishError} where it is no folder, such as a word written wrong: an
 * empty place would be told there, and be made by a build
 */
export function requireFolder(target: string): void {
  if (!existsSync(target))
    throw new PublishError(
      `--target ${target}: no such folder; expected local, remote, or the folder that "npm run serve" made`,
    )
}
