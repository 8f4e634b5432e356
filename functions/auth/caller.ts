import { SCOPES } from '#core/api-key.ts'
import type { Caller, HonoContext } from '../context.ts'
import { settingsOf } from '../env.ts'
import { ProblemError } from '../routes/errors.ts'
import { callerOfKey } from './api-keys.ts'
import { callerOfToken } from './tokens.ts'

/** Without authentication everybody may do everything. */
const EVERYBODY: Caller = { scopes: SCOPES, userId: null, keyPrefix: null }

/**
 * Who sent the request, by the mode of `AUTH`.
 * @throws {ProblemError} unauthorized without good credentials, unavailable when they cannot be checked
 */
export async function callerOf(context: HonoContext): Promise<Caller> {
  const { auth, keyCheckMs } = settingsOf(context.env)
  if (auth.mode === 'none') return EVERYBODY
  const [, credentials] = /^Bearer +(\S+) *$/i.exec(context.req.header('Authorization') ?? '') ?? []
  if (credentials === undefined) {
    const what = auth.mode === 'jwt' ? 'a JSON Web Token' : 'an API key'
    throw new ProblemError(
      'unauthorized',
      `no credentials were sent; expected the header "Authorization: Bearer …" with ${what}`,
    )
  }
  return auth.mode === 'jwt' ? callerOfToken(credentials, auth) : callerOfKey(credentials, context.env.DB, keyCheckMs)
}

/** Whether what is for operators only may be told. Credentials that cannot be checked count as none. */
export async function isOperator(context: HonoContext): Promise<boolean> {
  return callerOf(context).then(
    ({ scopes }) => scopes.includes('admin'),
    () => false,
  )
}

/**
 * Hold every `userId` in a request, however deep, to the one that the caller is.
 * @throws {ProblemError} forbidden for another user, whether there is such a user or not
 */
export function requireOwnUser(caller: Caller, request: unknown): void {
  if (caller.userId === null || typeof request !== 'object' || request === null) return
  for (const [name, value] of Object.entries(request)) {
    if (name === 'userId' && value !== undefined && value !== caller.userId)
      throw new ProblemError(
        'forbidden',
        'the token is for another user: its sub is the only userId it may name',
        'userId',
      )
    requireOwnUser(caller, value)
  }
}
