import * as z from 'zod'
import { LLM_VARS, type LlmSettings, llmSettings } from './llm/settings.ts'

/** Bindings and vars of wrangler.toml. */
export interface Env {
  /** published models */
  MODELS: R2Bucket
  /** live feedback, API keys */
  DB: D1Database
  /** requests a minute of one person (a user, or an address) that only read */
  LIMIT_READS?: RateLimit
  /** requests a minute of one person that write */
  LIMIT_WRITES?: RateLimit
  /** requests a minute with one API key, whatever they do */
  LIMIT_KEYS?: RateLimit
  /** requests a minute of one address whose credentials were refused */
  LIMIT_REFUSED?: RateLimit
  /** a data point a request; without it none are written */
  ANALYTICS?: AnalyticsEngineDataset
  /** replies of the language model; without it none are kept */
  CACHE?: KVNamespace
}

/** The vars say something that the Worker cannot obey: it answers nothing, rather than with less protection. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/** How callers are told apart. */
export type Auth =
  | { mode: 'none' }
  | { mode: 'apiKey' }
  | { mode: 'jwt'; issuer: string; audience: string; key: SharedSecret | PublishedKeys }
export interface SharedSecret {
  algorithm: 'HS256'
  secret: string
}
export interface PublishedKeys {
  algorithm: 'RS256' | 'ES256'
  jwksUrl: string
}

export interface Settings {
  auth: Auth
  /** origins whose pages may read the answers; `*` is any */
  corsOrigins: readonly string[]
  rateLimits: boolean
  /** an API key that was found is not looked up again for this long: so long may a revoked one still work */
  keyCheckMs: number
  /** what tastes are signed with, and then what they were signed with before; none: there are no tastes */
  tasteSecrets: readonly string[]
  requestLog: boolean
  serverTiming: boolean
  /** share of the requests that leave a data point, 0 to 1 */
  analyticsSample: number
  pointerCheckMs: number
  /** null: there is no language model */
  llm: LlmSettings | null
}

const LIMITERS = ['LIMIT_READS', 'LIMIT_WRITES', 'LIMIT_KEYS', 'LIMIT_REFUSED'] as const
const Switch = z.enum(['on', 'off']).default('off')
/** Text that may be empty, which counts as left out. */
const Text = z
  .string()
  .optional()
  .transform((text) => text || null)
const Secret = Text.refine((secret) => secret === null || secret.length >= 32, 'must have at least 32 characters')

const Vars = z.object({
  /** no default: the API is open only where somebody wrote so */
  AUTH: z.enum(['none', 'apiKey', 'jwt']),
  JWT_SECRET: Secret,
  JWT_JWKS_URL: Text.refine((url) => url === null || isSafeUrl(url), 'must be an https address'),
  JWT_ALGORITHM: z.enum(['RS256', 'ES256']).default('RS256'),
  JWT_ISSUER: Text,
  JWT_AUDIENCE: Text,
  TASTE_SECRET: Secret,
  TASTE_SECRET_BEFORE: Secret,
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(/[\s,]+/).filter(Boolean))
    .refine((origins) => origins.every(isOrigin), 'must be origins such as https://app.example, or *'),
  RATE_LIMITS: Switch,
  KEY_CHECK_SECONDS: z.coerce.number().min(0).max(600).default(30),
  REQUEST_LOG: Switch,
  SERVER_TIMING: Switch,
  ANALYTICS_SAMPLE: z.coerce.number().min(0).max(1).default(1),
  POINTER_CHECK_SECONDS: z.coerce.number().min(0).max(3600).default(5),
  ...LLM_VARS,
})

// an isolate has one env for its life
const parsed = new WeakMap<Env, Settings>()

/** @throws {SettingsError} naming the first var at fault, never its value */
export function settingsOf(env: Env): Settings {
  const known = parsed.get(env)
  if (known) return known
  const result = Vars.safeParse(env)
  if (!result.success) {
    const { path, message } = result.error.issues[0]!
    throw new SettingsError(`${path.join('.')}: ${message}`)
  }
  const vars = result.data
  // in clear text anybody on the way could read the key
  if (vars.LLM_API_KEY !== null && vars.LLM_BASE_URL !== null && !isSafeUrl(vars.LLM_BASE_URL))
    throw new SettingsError('LLM_BASE_URL: must be an https address, as there is an LLM_API_KEY')
  const missing = LIMITERS.find((name) => vars.RATE_LIMITS === 'on' && !env[name])
  if (missing) throw new SettingsError(`RATE_LIMITS is on, but ${missing} is not bound; expected it in [[ratelimits]]`)
  const settings: Settings = {
    auth: vars.AUTH === 'jwt' ? jwtSettings(vars) : { mode: vars.AUTH },
    corsOrigins: vars.CORS_ORIGINS,
    rateLimits: vars.RATE_LIMITS === 'on',
    keyCheckMs: vars.KEY_CHECK_SECONDS * 1000,
    tasteSecrets: [vars.TASTE_SECRET, vars.TASTE_SECRET_BEFORE].filter((secret) => secret !== null),
    requestLog: vars.REQUEST_LOG === 'on',
    serverTiming: vars.SERVER_TIMING === 'on',
    analyticsSample: vars.ANALYTICS_SAMPLE,
    pointerCheckMs: vars.POINTER_CHECK_SECONDS * 1000,
    llm: llmSettings(vars),
  }
  parsed.set(env, settings)
  return settings
}

/** One way to verify, and only one: with two a token could choose the weaker. */
function jwtSettings(vars: z.infer<typeof Vars>): Auth {
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = vars
  if (issuer === null) throw new SettingsError('JWT_ISSUER: found nothing; AUTH jwt needs it')
  if (audience === null) throw new SettingsError('JWT_AUDIENCE: found nothing; AUTH jwt needs it')
  if ((secret === null) === (jwksUrl === null))
    throw new SettingsError(`found ${secret ? 'both' : 'neither'} JWT_SECRET and JWT_JWKS_URL; expected one of them`)
  const key: SharedSecret | PublishedKeys =
    secret === null ? { algorithm: vars.JWT_ALGORITHM, jwksUrl: jwksUrl! } : { algorithm: 'HS256', secret }
  return { mode: 'jwt', issuer, audience, key }
}

/** https, or http on this machine. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text)
}
