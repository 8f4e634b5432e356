import { Hono } from 'hono'
import type { App, HonoContext } from './context.ts'
import { type Env, settingsOf } from './env.ts'
import { accompany } from './middleware/accompany.ts'
import { authorize } from './middleware/authorize.ts'
import { crossOrigin } from './middleware/cross-origin.ts'
import { openApi } from './openapi.ts'
import { answerError, ProblemError } from './routes/errors.ts'
import { eventRoutes } from './routes/events.ts'
import { explainRoutes } from './routes/explain.ts'
import { feedbackRoutes } from './routes/feedback.ts'
import { groupRoutes } from './routes/group.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { modelRoutes } from './routes/model.ts'
import { movieRoutes } from './routes/movies.ts'
import { predictRoutes } from './routes/predict.ts'
import { queryRoutes } from './routes/query.ts'
import { recommendRoutes } from './routes/recommend.ts'
import { replayRoutes } from './routes/replay.ts'
import type { Route } from './routes/route.ts'
import { tasteRoutes } from './routes/taste.ts'
import { userDataRoutes } from './routes/user-data.ts'
import { userRoutes } from './routes/users.ts'
import { answerWithValidator } from './routes/validator.ts'
import { whatIfRoutes } from './routes/what-if.ts'
import { scheduled } from './scheduled.ts'

const ROUTES: Route[] = [
  ...recommendRoutes,
  ...queryRoutes,
  ...explainRoutes,
  ...groupRoutes,
  ...whatIfRoutes,
  ...replayRoutes,
  ...predictRoutes,
  ...movieRoutes,
  ...userRoutes,
  ...feedbackRoutes,
  ...userDataRoutes,
  ...tasteRoutes,
  ...eventRoutes,
  ...modelRoutes,
  ...healthRoutes,
  ...metricsRoutes,
]

const api = new Hono<App>()
for (const route of ROUTES) api.on(route.method, honoPath(route.path), authorize(route), route.respond)
let description = ''
api.get('/openapi.json', authorize({ path: '/openapi.json', scope: 'public' }), (context) => {
  description ||= JSON.stringify(openApi(ROUTES, settingsOf(context.env)))
  return answerWithValidator(context, description, 'everybody')
})
for (const path of new Set(['/openapi.json', ...ROUTES.map((route) => route.path)]))
  api.all(honoPath(path), (context) => answerMethod(context, path))

/** The Worker: the API at `/v1` and at `/`; the page and `/docs` are static assets and come before it. */
const app = new Hono<App>()
app.use(accompany, crossOrigin)
app.route('/v1', api)
app.route('/', api)
app.notFound((context) =>
  answerError(new ProblemError('not_found', `no route ${context.req.path}; see /openapi.json`), context),
)
app.onError(answerError)

export default { fetch: app.fetch, scheduled } satisfies ExportedHandler<Env>

/** What a path answers to a method that none of its routes has: OPTIONS what it knows, others that they are not. */
function answerMethod(context: HonoContext, path: string): Response {
  const known =
    path === '/openapi.json' ? ['get'] : ROUTES.filter((route) => route.path === path).map(({ method }) => method)
  // Hono answers HEAD from GET
  const allowed = [...known.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : method.toUpperCase())), 'OPTIONS']
  context.set('route', path)
  context.header('Allow', allowed.join(', '))
  if (context.req.method === 'OPTIONS') return context.body(null, 204)
  throw new ProblemError('method_not_allowed', `${context.req.method}: this path knows ${allowed.join(', ')}`)
}

/** `/movies/{movieId}` → `/movies/:movieId` */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}
