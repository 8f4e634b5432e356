import type { Patience } from './patient-request.ts'

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
