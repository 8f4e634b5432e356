import * as z from 'zod'

const PAGES = 'https://en.wikipedia.org/wiki/'

const ABOUT_A_FILM =
  /\b(?:films?|movies?|documentary|picture|comedy|comedy-drama|drama|biopic|farce|cartoon|miniseries|pilot|starring)\b/iu
const ABOUT_A_BOOK =
  /^(?:(?! is an? )[^.])* is an? (?:(?!\b(?:film|movie|based|adaptation)\b)[^.,])*\b(?:novel|book|autobiography|memoir)\b/u
/** the lists hold scraps of sentences too ("and", "(voices)"); "k.d. lang" and "will.i.am" are names */
const A_NAME = /^["']?(?:\p{Lu}(?!he$).*\p{L}|\p{Ll}+\..*\p{L})/u

/** An entry of wikipedia-movie-data. */
export const Article = z.object({
  title: z.string().min(1),
  year: z.int().min(1).max(9999),
  cast: z.array(z.string()).default([]),
  genres: z.array(z.string()).default([]),
  /** path below PAGES */
  href: z.string().nullish(),
  extract: z.string().optional(),
  thumbnail: z.string().optional(),
})
export type Article = z.infer<typeof Article>

/** What an article says of its film; absent texts are empty. */
export function textsOf(article: Article) {
  const extract = (article.extract ?? '').replace(/\s+/gu, ' ').trim()
  const about = isAboutTheFilm(extract, article.year)
  return {
    overview: about ? extract : '',
    cast: unique(article.cast.map(cleanName).filter((name) => A_NAME.test(name))),
    keywords: unique(article.genres.map((genre) => genre.trim().toLowerCase())),
    directors: about ? findDirectors(extract) : [],
    poster: about ? (article.thumbnail ?? '') : '',
    source: about && article.href ? `${PAGES}${article.href}` : '',
  }
}

/**
 * Some links of the film lists lead to the novel, the event or an earlier film of that name. Their cast and genres
 * are the list's own and stay.
 */
function isAboutTheFilm(extract: string, year: number): boolean {
  const stated = /\bis an? (\d{4})\b/u.exec(extract)
  if (stated !== null && Math.abs(Number(stated[1]) - year) > 2) return false
  return ABOUT_A_FILM.test(extract) && !ABOUT_A_BOOK.test(extract)
}

function cleanName(name: string): string {
  return name
    .replace(/\s+/gu, ' ')
    .replace(/ \(actor\)$/u, '')
    .replace(/, (?=Jr\.|Sr\.)/u, ' ')
    .trim()
}

function unique(texts: string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))]
}

/** a capitalized word, an initial ("J.", "J.J."), or a particle inside a name; no other full stop */
const WORD = String.raw`(?:(?:\p{Lu}\.){1,3}|\p{Lu}[\p{L}\p{M}'’-]*)`
const NAME = String.raw`${WORD}(?: (?:Jr\.|Sr\.|${WORD}|de|del|della|der|den|di|da|du|la|le|van|von))*(?:,? Jr\.)?`
/** "A", "A and B", "A, B and C", "A, B, and C": a comma alone may begin a clause, so a list must close with "and" */
const NAMES = new RegExp(
  String.raw`\b(?:co-)?directed by (${NAME}(?:(?:, ${NAME})*,? (?:and|&) ${NAME})?)(?=[\s,.;)]|$)`,
  'u',
)
/** another film's director may be named after these */
const OTHER_FILM =
  /\b(?:remake|sequel|prequel|adaptation|version|based|inspired|follow-up|spin-off|reboot|anthology)\b/u
/** how the second sentence begins when it still speaks of the film as a whole */
const OF_THIS_FILM =
  /^(?:(?:The (?:film|movie|picture)|It) (?:is|was) )?(?:[\p{L}-]+(?:, (?:and )?| and |, )){0,3}(?:co-)?directed by /iu
/** these are capitalized, but no one's name */
const NOT_A_NAME =
  /\b(?:Academy|Award|Awards|Oscar|American|British|French|Italian|German|Canadian|Australian|Japanese|Emmy|Pictures|Studios|Productions)\b/u

/**
 * Directors named in a Wikipedia extract's first sentence ("X is a 1990 film directed by A and B …"), or in a second
 * one that begins with it. Empty when in doubt: a missing director costs less than a wrong one.
 */
export function findDirectors(extract: string): string[] {
  const [first, second = ''] = splitSentences(extract)
  const inFirst = NAMES.exec(first)
  if (inFirst !== null && !OTHER_FILM.test(first.slice(0, inFirst.index))) return splitNames(inFirst[1])
  if (inFirst === null && OF_THIS_FILM.test(second)) return splitNames(NAMES.exec(second)?.[1] ?? '')
  return []
}

function splitNames(list: string): string[] {
  const names = list.split(/,? (?:and|&) |, (?!Jr\.|Sr\.)/u)
  // "Joel and Ethan Coen" share the last name
  const surname = /[^ ]+$/u.exec(names.at(-1)!)
  const full = names.map((name) => (name.includes(' ') || names.length === 1 ? name : `${name} ${surname}`))
  return full.every((name) => name.includes(' ') && !NOT_A_NAME.test(name)) ? full : []
}

/** Sentences end at a full stop before a capital, but not after an initial or a title. */
function splitSentences(text: string): string[] {
  return text.split(
    /(?<=[.!?]["”)]*)(?<!\b(?:\p{Lu}|Mr|Mrs|Ms|Dr|St|vs|Jr|Sr|No|Bros|Vol|Inc|Lt|Sgt|Capt)\.) (?=["“(]*\p{Lu})/u,
  )
}
