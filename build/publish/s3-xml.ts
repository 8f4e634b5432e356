/** As much of S3's XML as is used: elements without attributes, texts with the five entities and numbers. */

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The inner text of each element of this name, in order; of nested ones the outermost. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(([, inner]) => inner!)
}

/** The text of the first element of this name; empty where there is none. */
export function text(xml: string, name: string): string {
  const inner = elements(xml, name)[0] ?? ''
  return inner.replace(/&(?:#(x?)([\da-f]+)|(\w+));/gi, (entity, hex: string, digits: string, named: string) =>
    digits === undefined ? (ENTITIES[named] ?? entity) : String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)),
  )
}

/** A text as it may stand in an element. */
export function escaped(value: string): string {
  return value.replace(/[<>&"]/g, (character) => `&#${character.codePointAt(0)};`)
}
