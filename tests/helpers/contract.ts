import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import * as api from '#core/schemas/api.ts'
import * as query from '#core/schemas/query.ts'

/** As much of /openapi.json as answers are held to. */
interface Description {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Content }> }>>
}
type Content = Record<string, { schema: { $ref: string } }>

interface Answered {
  method: string
  /** with its query, below /v1 or not */
  path: string
  status: number
  json: unknown
}

/** Throws where an answer is not as the description has it: another status, other fields, or values out of their range. */
export type Contract = (answered: Answered) => void

/** @param description what the Worker answers at /openapi.json */
export function contractOf(description: Description): Contract {
  const paths = Object.entries(description.paths).map(([path, operations]) => ({
    path,
    operations,
    pattern: new RegExp(`^(/v1)?${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  return ({ method, path, status, json }) => {
    const found = paths.find(({ pattern }) => pattern.test(path.split('?')[0]!))
    const operation = found?.operations[method.toLowerCase()]
    if (!found || !operation) return
    const where = `${method} ${found.path}, status ${status}`
    const response = operation.responses[status]
    if (!response)
      throw new Error(`${where}: not in openapi.json, which has ${Object.keys(operation.responses).join(', ')}`)
    const reference = response.content?.['application/json']?.schema.$ref
    if (reference !== undefined) check(reference.split('/').at(-1)!, json, where)
  }
}

function check(name: string, json: unknown, where: string): void {
  const schema = Object.entries({ ...api, ...query }).find(([exported]) => exported === name)?.[1]
  if (!(schema instanceof z.ZodType)) throw new Error(`${where}: ${name} is no schema of the API`)
  const result = schema.safeParse(json)
  if (!result.success) throw new Error(`${where}: the answer is no ${name}: ${z.prettifyError(result.error)}`)
  // a field that the schema lacks is not in what it parses
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(result.data)), json))
    throw new Error(`${where}: the answer has more than ${name}: ${JSON.stringify(json).slice(0, 500)}`)
}
