import { createClient, type Fetch, type MarqueeClient } from '../client/index.ts'

/** longest wait for one answer */
export const DEADLINE_MS = 15_000

/** one more try: a viewer has a button for others */
const RETRIES = 1

/** What the page calls the API by: the same package that apps use. */
export type Client = MarqueeClient

/** @param fetch a stand-in */
export const createPageClient = (fetch?: Fetch): Client =>
  createClient({ baseUrl: '', timeoutMs: DEADLINE_MS, retries: RETRIES, ...(fetch && { fetch }) })
