/** The part of JSON Schema that replies are described in. */
export interface JsonSchema {
  type?: string
  enum?: (string | number | boolean | null)[]
  anyOf?: JsonSchema[]
  items?: JsonSchema
  maxItems?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  properties?: Record<string, JsonSchema>
  required?: string[]
}

const CHARACTER = String.raw`[^"\\\x00-\x1f] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})`
/** Longer texts and lists than a small reply has are cut by its tokens. */
const MAX_REPEATS = 200

/**
 * GBNF of the JSON that a schema allows: without white space, properties in the schema's order, those that are not
 * required left out at will. llama.cpp generates nothing else then. Of a number the sign and the digits are held to the
 * schema, not its value.
 * @throws {TypeError} for what it cannot express
 */
export function grammarOf(schema: JsonSchema): string {
  const rules: string[] = []
  const rule = (body: string): string => {
    const name = `r${rules.length}`
    rules.push(`${name} ::= ${body}`)
    return name
  }
  const character = rule(CHARACTER)

  function value(part: JsonSchema): string {
    if (part.enum) return rule(part.enum.map((one) => literal(JSON.stringify(one))).join(' | '))
    if (part.anyOf) return rule(part.anyOf.map(value).join(' | '))
    switch (part.type) {
      case 'string':
        return rule(`"\\"" ${character}{0,${Math.min(part.maxLength ?? MAX_REPEATS, MAX_REPEATS)}} "\\""`)
      case 'integer':
        return rule(whole(part))
      case 'number':
        return rule(`${whole(part)} ("." [0-9]{1,15})?`)
      case 'boolean':
        return rule('"true" | "false"')
      case 'null':
        return rule('"null"')
      case 'array': {
        if (!part.items) throw new TypeError('schema: found an array without items')
        const item = value(part.items)
        const more = Math.min(part.maxItems ?? MAX_REPEATS, MAX_REPEATS) - 1
        return rule(more < 0 ? '"[]"' : `"[" (${item} ("," ${item}){0,${more}})? "]"`)
      }
      case 'object':
        return rule(object(part))
      default:
        throw new TypeError(`schema: found ${JSON.stringify(part)}; expected a type, enum or anyOf`)
    }
  }

  function object({ properties = {}, required = [] }: JsonSchema): string {
    const keys = Object.keys(properties)
    const members = keys.map((key) => `${literal(`${JSON.stringify(key)}:`)} ${value(properties[key]!)}`)
    const isRequired = (at: number) => required.includes(keys[at]!)
    const mayEndBefore = (at: number) => !keys.some((_, later) => later >= at && isRequired(later))
    // each rule is the members from one on, at least one of them; the last is made first
    let rest = ''
    for (let at = keys.length - 1; at >= 0; at--) {
      const tail = rest === '' ? '' : mayEndBefore(at + 1) ? ` ("," ${rest})?` : ` "," ${rest}`
      rest = rule(`${members[at]}${tail}${isRequired(at) || rest === '' ? '' : ` | ${rest}`}`)
    }
    if (rest === '') return '"{}"'
    return mayEndBefore(0) ? `"{" ${rest}? "}"` : `"{" ${rest} "}"`
  }

  const root = value(schema)
  return [`root ::= ${root}`, ...rules, ''].join('\n')
}

function whole({ minimum = -1, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema): string {
  const more = String(Math.trunc(Math.abs(maximum))).length - 1
  return `${minimum >= 0 ? '' : '"-"? '}("0" | [1-9]${more > 0 ? ` [0-9]{0,${more}}` : ''})`
}

/** Text as GBNF writes it. */
function literal(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`
}
