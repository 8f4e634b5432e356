import { TasteAnswer, TasteChange, TasteRequest } from '#core/schemas/api.ts'
import type { Env } from '../env.ts'
import { type Route, route } from './route.ts'
import { entriesOfTaste, tasteOfEntries } from './viewer.ts'

async function changed({ taste, add = [], remove = [] }: TasteChange, env: Env): Promise<TasteAnswer> {
  const removed = new Set(remove)
  const entries = await entriesOfTaste(taste, env)
  return tasteOfEntries([...entries.filter(({ movieId }) => !removed.has(movieId)), ...add], env)
}

/** Neither stores anything: who has the token has the history. */
export const tasteRoutes: Route[] = [
  route({
    method: 'post',
    path: '/taste',
    scope: 'read',
    tag: 'recommend',
    summary: 'A history as a short signed text, which every request takes instead; nothing is stored',
    body: TasteRequest,
    answer: TasteAnswer,
    errors: [501],
    handle: ({ env, body }) => tasteOfEntries(body.history, env),
  }),
  route({
    method: 'put',
    path: '/taste',
    scope: 'read',
    tag: 'recommend',
    summary: 'A taste with ratings added or taken out, signed anew',
    body: TasteChange,
    answer: TasteAnswer,
    errors: [501],
    handle: ({ env, body }) => changed(body, env),
  }),
]
