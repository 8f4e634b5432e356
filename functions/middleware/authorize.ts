import type { MiddlewareHandler } from 'hono'
import { callerOf } from '../auth/caller.ts'
import { type App, timed } from '../context.ts'
import { ProblemError } from '../routes/errors.ts'
import type { Route } from '../routes/route.ts'
import { limitPerson, limitRefused } from './limit-rate.ts'

/** Before a route: who asks, whether they may, and whether not too often. What is public asks nobody's name. */
export function authorize({ path, scope }: Pick<Route, 'path' | 'scope'>): MiddlewareHandler<App> {
  return async (context, next) => {
    context.set('route', path)
    if (scope === 'public') {
      await limitPerson(context, scope, null)
      return next()
    }
    const caller = await timed(context, 'auth', callerOf(context)).catch(async (error: unknown) => {
      if (error instanceof ProblemError && error.code === 'unauthorized') await limitRefused(context)
      throw error
    })
    context.set('caller', caller)
    await limitPerson(context, scope, caller)
    if (!caller.scopes.includes(scope))
      throw new ProblemError('forbidden', `this needs the scope "${scope}", which the credentials do not have`)
    return next()
  }
}
