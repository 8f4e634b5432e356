import * as z from 'zod'

/** Bindings and vars of wrangler.toml. */
export interface Env {
  /** published models */
  MODELS: R2Bucket
  /** live ratings */
  DB: D1Database
  /** seconds between two looks at the pointer */
  POINTER_CHECK_SECONDS?: string
}

const Vars = z.object({ POINTER_CHECK_SECONDS: z.coerce.number().min(0).max(3600).default(5) })

export function pointerCheckMs(env: Env): number {
  return Vars.parse(env).POINTER_CHECK_SECONDS * 1000
}
