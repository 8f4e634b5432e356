import type { HonoContext } from '../context.ts'
import { settingsOf } from '../env.ts'
import { sha256 } from '../sha256.ts'

/** A public answer may be this old: so long may a cache show the model before. */
const MAX_AGE_SECONDS = 60

/**
 * An answer that is the same for everybody: with an ETag, or only that nothing has changed. Where callers must
 * be known, shared caches must not hand it to others.
 * @param access who may read it: `known` means callers with credentials, where there are any
 */
export async function answerWithValidator(
  context: HonoContext,
  json: string,
  access: 'everybody' | 'known',
): Promise<Response> {
  const isShared = access === 'everybody' || settingsOf(context.env).auth.mode === 'none'
  // weak: the platform may compress it on the way
  const tag = `"${(await sha256(new TextEncoder().encode(json))).slice(0, 32)}"`
  context.header('ETag', `W/${tag}`)
  context.header('Cache-Control', `${isShared ? 'public' : 'private'}, max-age=${MAX_AGE_SECONDS}`)
  if (!isShared) context.header('Vary', 'Authorization')
  if (hasTag(context.req.header('If-None-Match') ?? '', tag)) return context.body(null, 304)
  return context.body(json, 200, { 'Content-Type': 'application/json' })
}

/** Weak comparison (RFC 9110, 8.8.3.2): a W/ before either counts for nothing. */
function hasTag(list: string, tag: string): boolean {
  return list.split(',').some((each) => ['*', tag].includes(each.trim().replace(/^W\//, '')))
}
