import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Env } from './env.ts'
import { openApi } from './openapi.ts'
import { answerError, ProblemError } from './routes/errors.ts'
import { healthRoutes } from './routes/health.ts'
import { modelRoutes } from './routes/model.ts'
import { movieRoutes } from './routes/movies.ts'
import { recommendRoutes } from './routes/recommend.ts'
import type { Route } from './routes/route.ts'
import { userRoutes } from './routes/users.ts'

const ROUTES: Route[] = [...recommendRoutes, ...movieRoutes, ...userRoutes, ...modelRoutes, ...healthRoutes]

const api = new Hono<{ Bindings: Env }>()
for (const { method, path, respond } of ROUTES) api.on(method, honoPath(path), respond)
for (const path of new Set(ROUTES.map((route) => route.path)))
  api.all(honoPath(path), (context) => {
    const allowed = ROUTES.filter((route) => route.path === path).map(({ method }) => method.toUpperCase())
    context.header('Allow', allowed.join(', '))
    throw new ProblemError('method_not_allowed', `${context.req.method}: this path knows ${allowed.join(', ')}`)
  })
let description: unknown
api.get('/openapi.json', (context) => {
  description ??= openApi(ROUTES)
  return context.json(description as object)
})

/** The Worker: the API at `/v1` and at `/`; the page and `/docs` are static assets and come before it. */
const app = new Hono<{ Bindings: Env }>()
app.use(cors())
app.route('/v1', api)
app.route('/', api)
app.notFound((context) =>
  answerError(new ProblemError('not_found', `no route ${context.req.path}; see /openapi.json`), context),
)
app.onError(answerError)

export default app

/** `/movies/{movieId}` → `/movies/:movieId` */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}
