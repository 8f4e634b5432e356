/**
 * Articles that catalogues move behind the title ("Matrix, The"). Only what stands last before a bracket or
 * the end counts, so that "I, Robot" and "Girl, Interrupted" stay as they are.
 */
const ARTICLES = [
  ...['The', 'A', 'An'],
  ...['Le', 'La', 'Les', "L'", 'L’', 'Un', 'Une'],
  ...['Der', 'Die', 'Das', 'Ein', 'Eine', 'Den', 'Det', 'De', 'Het', 'Een', 'En', 'Et', 'Ett'],
  ...['El', 'Los', 'Las', 'Lo', 'Una', 'Il', 'I', 'Gli', 'Uno', 'O', 'Os', 'As', 'Um', 'Uma'],
]
const MOVED_ARTICLE = new RegExp(`^(.+), (${ARTICLES.join('|')})$`, 'u')
/** "(1999)" at the end; of a span ("(2006–2007)", "(2014-)") the first year */
const YEAR = /\((\d{4})(?:\s?[-–—]\s?(?:\d{4})?)?\)$/u
const ALSO_KNOWN_AS = /^a\.?k\.?a\.?:? /iu

export interface ParsedTitle {
  /** for display: articles in front, other names kept in brackets, no year */
  title: string
  /** 0 where the source gives none */
  year: number
  /** every name of the movie, the main one first, without "a.k.a." */
  names: string[]
}

/**
 * Take a MovieLens title apart: "City of Lost Children, The (Cité des enfants perdus, La) (1995)" is
 * "The City of Lost Children (La Cité des enfants perdus)" of 1995, with two names.
 */
export function parseTitle(raw: string): ParsedTitle {
  const spaced = raw.replace(/\s+/gu, ' ').trim()
  const year = YEAR.exec(spaced)
  // a title that is nothing but its year, like "(1984)", keeps it as its name
  const dated = year !== null && year.index > 0
  let main = dated ? spaced.slice(0, year.index).trim() : spaced
  const brackets: string[] = []
  for (let at = openingOfLastBracket(main); at > 0; at = openingOfLastBracket(main)) {
    brackets.unshift(main.slice(at + 1, -1).trim())
    main = main.slice(0, at).trim()
  }
  const names = [moveArticle(main)]
  let title = names[0]
  for (const bracket of brackets) {
    const prefix = ALSO_KNOWN_AS.exec(bracket)?.[0] ?? ''
    const name = moveArticle(bracket.slice(prefix.length))
    names.push(name)
    title += ` (${prefix}${name})`
  }
  return { title, year: dated ? Number(year[1]) : 0, names }
}

/** Names as they are compared: no diacritics, case, punctuation or leading article; "&" is "and". */
export function normalizeName(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/['’.]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return words.replace(/^(?:the|an?) (?=.)/u, '')
}

function moveArticle(name: string): string {
  const moved = MOVED_ARTICLE.exec(name)
  if (moved === null) return name
  const [, rest, article] = moved
  return /['’]$/u.test(article) ? `${article}${rest}` : `${article} ${rest}`
}

/** Where the bracket that ends the text opens, brackets inside it counted; −1 when the text does not end in one. */
function openingOfLastBracket(text: string): number {
  if (!text.endsWith(')')) return -1
  let depth = 0
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++
    else if (text[at] === '(' && --depth === 0) return at
  }
  return -1
}
