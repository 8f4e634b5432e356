import { join } from 'node:path'

/** Bindings and limits of the Worker: the one place that names buckets and databases. */
export const WRANGLER_FILE = join(import.meta.dirname, '../..', 'wrangler.toml')

/** Where `wrangler dev` keeps the state of its bindings. */
export const DEFAULT_STATE_DIR = join(import.meta.dirname, '../..', '.wrangler', 'state')

/** The part of a read wrangler.toml that this project uses; wrangler's own type is not published. */
export interface WranglerConfig {
  name: string
  /** absolute */
  main?: string
  compatibility_date?: string
  compatibility_flags?: string[]
  vars: Record<string, unknown>
  r2_buckets: { binding: string; bucket_name?: string }[]
  d1_databases: { binding: string; database_id?: string; preview_database_id?: string; migrations_dir?: string }[]
  assets?: { directory: string }
}

/** Read by wrangler itself, loaded only when it is needed: it takes about a second. */
export async function readWranglerConfig(file: string = WRANGLER_FILE): Promise<WranglerConfig> {
  // read by wrangler at its start: no usage reports, no look-up of its latest version
  process.env.WRANGLER_SEND_METRICS ??= 'false'
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= 'false'
  const { unstable_readConfig } = await import('wrangler')
  return unstable_readConfig({ config: file })
}
