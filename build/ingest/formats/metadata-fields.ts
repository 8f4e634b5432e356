/** Spellings that the metadata sources share. What is absent or makes no sense is undefined: a text is never refused for it. */

/** of the cast, in the order of billing */
export const MAX_CAST = 20
const POSTERS = 'https://image.tmdb.org/t/p/w342'
const NO_TEXT = /^(?:N\/A|nan|None|No overview(?: found| yet)?\.?|\w+ data unavailable)$/iu
const MAX_RUNTIME = 32_767
const MAX_INT32 = 2 ** 31 - 1

/** Trimmed, white space and NUL bytes made single spaces; what stands for nothing is empty. */
export function textOf(field: string | undefined): string {
  // a NUL byte is valid UTF-8, but ends a string for half of the world's software
  const text = (field ?? '').replace(/[\s\0]+/gu, ' ').trim()
  return NO_TEXT.test(text) ? '' : text
}

/** A whole number above 0 that fits 32 bits, also as "862.0". */
export function idOf(field: string): number | undefined {
  const id = /^\d{1,10}(?:\.0+)?$/u.test(field.trim()) ? Number(field) : 0
  return id > 0 && id <= MAX_INT32 ? id : undefined
}

/** "tt0114709" and "0114709" are 114709. */
export function imdbIdOf(field: string): number | undefined {
  return idOf(field.trim().replace(/^tt/u, ''))
}

/** Minutes: "81", "81.0" and "81 min" are 81; "1 h 21 min" is too, and "1,012 min" is 1012. */
export function minutesOf(field: string): number | undefined {
  const found = /^(?:(\d{1,3}) h ?)?(\d{1,5})(?:\.\d+)?(?: min)?$/u.exec(field.trim().replace(',', ''))
  if (found === null) return undefined
  const minutes = Number(found[1] ?? 0) * 60 + Number(found[2])
  return minutes > 0 && minutes <= MAX_RUNTIME ? minutes : undefined
}

/** The code of a language, ISO 639, in lower case; empty for what is none. A file may lack the column. */
export function languageOf(field = ''): string {
  const code = field.trim().toLowerCase()
  return /^[a-z]{2,3}$/u.test(code) ? code : ''
}

/** The year of "1995", "1995.0", "1995-10-30" or "10/30/1995"; a year of two digits could be of two centuries. */
export function yearOf(field: string): number | undefined {
  const [, first, last] = /^(?:(\d{4})(?:-\d{1,2}-\d{1,2}|\.0)?|\d{1,2}\/\d{1,2}\/(\d{4}))$/u.exec(field.trim()) ?? []
  const year = Number(first ?? last ?? 0)
  return year > 0 ? year : undefined
}

/** TMDB gives the file's name alone. */
export function posterOf(path: string): string {
  return /^\/[\w.-]+$/u.test(path.trim()) ? `${POSTERS}${path.trim()}` : ''
}

/** Names in their order, each once, without what stands for nothing. */
export function namesOf(names: readonly string[]): string[] {
  return [...new Set(names.map(textOf).filter((name) => name !== ''))]
}

/** A list of names in one column. */
export function splitNames(field: string, separator: string): string[] {
  return namesOf(field.split(separator))
}
