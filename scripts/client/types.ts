import * as z from 'zod'
import * as api from '#core/schemas/api.ts'
import { Intent } from '#core/schemas/intent.ts'
import * as query from '#core/schemas/query.ts'

/** The API's schemas as TypeScript that needs nothing else: what marquee-client's types are. */

const HEAD = `/**
 * Requests and answers of the API. Written by \`npm run build:client\` from the schemas that the Worker validates with;
 * not to be changed by hand.
 */
`

type Schema = z.core.JSONSchema.BaseSchema
type Named = Record<string, Schema>

/** that get a name; of numbers and texts their own type says more */
const KINDS = [z.ZodObject, z.ZodEnum, z.ZodUnion, z.ZodArray]

/** fewer are written out where they stand */
const BASE_FIELDS = 4

/** Bounds that say no more than "a whole number" or "an id". */
const NOISE = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0x7fff_ffff]

/** Every named schema: those of requests as they may be sent, with defaults left out, the others as they come. */
export function clientTypes(): string {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries({ ...api, ...query, Intent }))
    if (KINDS.some((kind) => schema instanceof kind)) registry.add(schema as z.ZodType, { id })
  const schemasAs = (io: 'input' | 'output') => z.toJSONSchema(registry, { io, uri: (id) => id }).schemas as Named
  const [sent, received] = [schemasAs('input'), schemasAs('output')]
  const names = Object.keys(sent).sort()
  const named = Object.fromEntries(names.map((name) => [name, (isSent(name) ? sent : received)[name]!]))
  return HEAD + names.map((name) => declaration(name, named)).join('\n')
}

const isSent = (name: string) =>
  /(Request|Options|Search|Undo|Change|Member|Entry)$/.test(name) || name === 'Replay' || name === 'ReplayViewer'

function declaration(name: string, named: Named): string {
  const schema = named[name]!
  const head = comment(schema)
  if (schema.type !== 'object' || !schema.properties) return `${head}export type ${name} = ${typeOf(schema, named)}\n`
  const base = baseOf(schema, named, name)
  if (base === null) return `${head}export interface ${name} ${fields(schema, named)}\n`
  const own = without(schema, named[base]!)
  if (Object.keys(own.properties!).length === 0) return `${head}export type ${name} = ${base}\n`
  return `${head}export interface ${name} extends ${base} ${fields(own, named)}\n`
}

/** @throws {TypeError} for what none of the API's schemas has yet */
function typeOf(schema: Schema, named: Named): string {
  const union = (members: readonly unknown[]) => members.map((member) => typeOf(member as Schema, named)).join(' | ')
  if (schema.$ref !== undefined) return schema.$ref
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return union(schema.anyOf)
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => ({ ...schema, type })))
  switch (schema.type) {
    case 'object':
      return objectType(schema, named)
    case 'array': {
      const items = typeOf(schema.items as Schema, named)
      return /^\w+$/.test(items) ? `${items}[]` : `(${items})[]`
    }
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    default:
      throw new TypeError(`found the JSON schema ${JSON.stringify(schema).slice(0, 200)}, expected one with a type`)
  }
}

function objectType(schema: Schema, named: Named): string {
  if (!schema.properties) return `Record<string, ${typeOf(schema.additionalProperties as Schema, named)}>`
  const base = baseOf(schema, named)
  if (base === null) return fields(schema, named)
  const rest = without(schema, named[base]!)
  return Object.keys(rest.properties!).length === 0 ? base : `${base} & ${fields(rest, named)}`
}

/** The named schema with the most fields that are all here too, as they are there; null where there is none. */
function baseOf(schema: Schema, named: Named, name = ''): string | null {
  const size = (each: Schema) => Object.keys(each.properties ?? {}).length
  const bases = Object.keys(named).filter((base) => {
    const more = size(schema) - size(named[base]!)
    const isSmaller = name === '' || more > 0 || (more === 0 && base < name)
    return base !== name && isSmaller && size(named[base]!) >= BASE_FIELDS && size(without(named[base]!, schema)) === 0
  })
  return bases.sort((a, b) => size(named[b]!) - size(named[a]!))[0] ?? null
}

/** What of `schema` is not in `base`, or not the same. */
function without(schema: Schema, base: Schema): Schema {
  const told = ({ properties = {}, required = [] }: Schema, name: string) =>
    JSON.stringify([properties[name], required.includes(name)])
  const own = Object.entries(schema.properties!).filter(([name]) => told(schema, name) !== told(base, name))
  return { ...schema, properties: Object.fromEntries(own) }
}

function fields({ properties = {}, required = [] }: Schema, named: Named): string {
  const lines = Object.entries(properties as Named).map(([name, schema]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
    // `undefined` too, so that callers may pass on what they have not
    const type = required.includes(name) ? `: ${typeOf(schema, named)}` : `?: ${typeOf(schema, named)} | undefined`
    return `${comment(schema)}${key}${type}`
  })
  return `{\n${lines.join('\n')}\n}`
}

/** What the schema says of itself, and its bounds and default as tags that editors show. */
function comment(schema: Schema): string {
  const tags = (['minimum', 'maximum'] as const).flatMap((bound) =>
    schema[bound] === undefined || NOISE.includes(schema[bound]) ? [] : [`@${bound} ${schema[bound]}`],
  )
  if (schema.default !== undefined) tags.push(`@default ${JSON.stringify(schema.default)}`)
  const lines = [...(schema.description === undefined ? [] : [schema.description]), ...tags]
  if (lines.length === 0) return ''
  if (lines.length === 1) return `/** ${lines[0]} */\n`
  return `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`
}
