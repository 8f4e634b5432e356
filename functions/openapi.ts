import * as z from 'zod'
import * as api from '#core/schemas/api.ts'
import { Intent } from '#core/schemas/intent.ts'
import * as query from '#core/schemas/query.ts'
import type { Auth, Settings } from './env.ts'
import type { Route } from './routes/route.ts'

type Json = Record<string, unknown>
type Named = ReturnType<typeof namedSchemas>

const ERRORS: Record<number, string> = {
  400: 'The request is not as described; `path` names the field',
  401: 'No credentials were sent, or they are not good',
  403: 'The credentials do not reach so far: another scope is needed, or the token is for another user',
  404: 'No such movie or user',
  409: 'The model is not the one that answers, and there is no room for both',
  413: 'The body is larger than `api.maxBodyBytes`',
  415: 'The body must be `application/json`',
  429: 'Too many requests; try again after `Retry-After` seconds',
  500: 'Something went wrong inside',
  501: 'The server is not set up for this',
  503: 'No model is being served yet, or nothing could be stored or looked up; try again after `Retry-After` seconds',
}

const TOO_LONG = 'The address is longer than the platform takes (16 KB at Cloudflare); so long a list goes in a body'

const STREAMED =
  'With `Accept: text/event-stream` the answer comes in parts: an event `items` with all of it, then an event `explain` a movie as the language model words it, then `done`.'

/** The ways to say who one is, by mode; none needs no words. */
const SECURITY_SCHEMES: Record<Exclude<Auth['mode'], 'none'>, Json> = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'A key that `marquee keys create` made' },
  jwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the configured issuer. Its `sub` is the only userId that it may name.',
  },
}

/** OpenAPI 3.1 of the routes as this Worker is set up, from the same schemas that validate the requests. */
export function openApi(routes: Route[], settings: Settings): Json {
  const { mode } = settings.auth
  const named = namedSchemas()
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    paths[route.path]![route.method] = operation(route, named, settings)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Marquee',
      version: '1',
      description:
        'Movie recommendations: history in, ranking out. Every route also answers under `/v1`. Lists in a query string are comma-separated. Every answer carries an `X-Request-Id`, the request’s own where it sent a sane one.',
    },
    servers: [{ url: '/v1' }, { url: '/' }],
    tags: ['recommend', 'movies', 'users', 'operations'].map((name) => ({ name })),
    paths,
    components: {
      schemas: componentSchemas(named),
      ...(mode !== 'none' && { securitySchemes: { [mode]: SECURITY_SCHEMES[mode] } }),
    },
  }
}

function operation(route: Route, named: Named, { auth, rateLimits }: Settings): Json {
  const isGuarded = auth.mode !== 'none' && route.scope !== 'public'
  const responses: Record<string, Json> = {
    200: {
      description: 'OK',
      content: {
        ...(route.textType
          ? { [route.textType]: { schema: { type: 'string' } } }
          : content(reference(route.answer, named))),
        ...(route.isStreamed && { 'text/event-stream': { schema: { type: 'string' } } }),
      },
    },
  }
  if (route.isSameForAll) responses[304] = { description: 'As the `ETag` in `If-None-Match` says: nothing has changed' }
  // not ours: whatever listens before the Worker answers it, in words of its own
  if (Object.keys(route.query.shape).length > 0) responses[414] = { description: TOO_LONG }
  const errors = [...route.errors, ...(isGuarded ? [401, 403, 503] : []), ...(rateLimits ? [429] : []), 500]
  for (const status of errors) {
    const answer = status === 503 && route.answer === api.Readiness ? api.Readiness : api.ApiError
    responses[status] = { description: ERRORS[status], content: content(reference(answer, named)) }
  }
  return {
    tags: [route.tag],
    summary: route.summary,
    ...(route.isStreamed && { description: STREAMED }),
    operationId: operationId(route),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body && { requestBody: { required: true, content: content(reference(route.body, named)) } }),
    ...(isGuarded && { security: [{ [auth.mode]: [route.scope] }] }),
    responses,
  }
}

/** `get /movies/{movieId}/similar` → `getMoviesByMovieIdSimilar` */
function operationId({ method, path }: Route): string {
  const words = path
    .split('/')
    .filter(Boolean)
    .map((part) => (part.startsWith('{') ? `By-${part.slice(1, -1)}` : part))
    .flatMap((part) => part.split('-'))
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function content(schema: Json): Json {
  return { 'application/json': { schema } }
}

function parameters(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, SETTINGS) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    ...(property.type === 'array' && { style: 'form', explode: false }),
    ...(property.type === 'object' && { style: 'deepObject', explode: true }),
    schema: property,
  }))
}

/** Every exported schema of api.ts, query.ts and intent.ts under its name there; the numbers' and texts' own are written where they stand. */
function namedSchemas(): z.core.$ZodRegistry<{ id: string }> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries({ ...api, ...query, Intent }))
    if (schema instanceof z.ZodObject || schema instanceof z.ZodEnum || schema instanceof z.ZodUnion)
      registry.add(schema, { id })
  return registry
}

const SETTINGS = { io: 'input', uri: (id: string) => `#/components/schemas/${id}`, override: tidy } as const

function componentSchemas(named: Named): Record<string, Json> {
  const { schemas } = z.toJSONSchema(named, SETTINGS)
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema as Json]))
}

function reference(schema: z.ZodType, named: Named): Json {
  const id = named.get(schema)?.id
  if (id === undefined) throw new RangeError('a route answers with a schema that none of their files exports')
  return { $ref: SETTINGS.uri(id) }
}

/**
 * Bounds that only say "a whole number that JavaScript can hold" are noise to a reader. The rest is for generators of clients:
 * without a format a number is a decimal of any size to some, a boolean that is always true a text to others, and a field
 * that is only ever null of no type.
 */
function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.type === 'number') jsonSchema.format = 'double'
  if (jsonSchema.type === 'boolean') delete jsonSchema.const
  const { properties = {} } = jsonSchema
  for (const [name, property] of Object.entries(properties))
    if (typeof property === 'object' && property.type === 'null')
      // JSON Schema knows lists of types, zod's own type for it does not
      properties[name] = { ...property, type: ['integer', 'null'] } as object as typeof property
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
}
