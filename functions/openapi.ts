import * as z from 'zod'
import * as api from '#core/schemas/api.ts'
import type { Route } from './routes/route.ts'

type Json = Record<string, unknown>

const ERRORS: Record<number, string> = {
  400: 'The request is not as described; `path` names the field',
  404: 'No such movie or user',
  413: 'The body is larger than `api.maxBodyBytes`',
  500: 'Something went wrong inside',
  503: 'No model is being served yet, or nothing could be stored; try again after `Retry-After` seconds',
}

/** OpenAPI 3.1 of the routes, from the same schemas that validate the requests. */
export function openApi(routes: Route[]): Json {
  const names = schemaNames()
  const schemas = componentSchemas(names)
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    paths[route.path]![route.method] = operation(route, names)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Marquee',
      version: '1',
      description:
        'Movie recommendations: history in, ranking out. Every route also answers under `/v1`. Lists in a query string are comma-separated.',
    },
    servers: [{ url: '/v1' }, { url: '/' }],
    tags: ['recommend', 'movies', 'users', 'operations'].map((name) => ({ name })),
    paths,
    components: { schemas },
  }
}

function operation(route: Route, names: Map<z.ZodType, string>): Json {
  const responses: Record<string, Json> = {
    200: { description: 'OK', content: content(reference(route.answer, names)) },
  }
  for (const status of [...route.errors, 500]) {
    const answer = status === 503 && route.answer === api.Readiness ? api.Readiness : api.ApiError
    responses[status] = { description: ERRORS[status], content: content(reference(answer, names)) }
  }
  return {
    tags: [route.tag],
    summary: route.summary,
    operationId: operationId(route),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body && { requestBody: { required: true, content: content(reference(route.body, names)) } }),
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
  const { properties = {}, required = [] } = inlined(schema, 'input') as {
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

/** Every exported schema of api.ts, by its name there. */
function schemaNames(): Map<z.ZodType, string> {
  const names = new Map<z.ZodType, string>()
  for (const [name, value] of Object.entries(api)) if (value instanceof z.ZodType) names.set(value, name)
  return names
}

function componentSchemas(names: Map<z.ZodType, string>): Record<string, Json> {
  return Object.fromEntries(
    [...names].map(([schema, name]) => [name, inlined(schema, name.endsWith('Request') ? 'input' : 'output')]),
  )
}

function reference(schema: z.ZodType, names: Map<z.ZodType, string>): Json {
  const name = names.get(schema)
  return name ? { $ref: `#/components/schemas/${name}` } : inlined(schema, 'input')
}

function inlined(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline' }) as Json
  return rest
}
