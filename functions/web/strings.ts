import { ENGLISH, type Strings } from './strings-en.ts'
import { VIETNAMESE } from './strings-vi.ts'

export type Language = 'en' | 'vi'
export type { Strings }

const BY_LANGUAGE: Record<Language, Strings> = { en: ENGLISH, vi: VIETNAMESE }
const KEY = 'marquee.language'

/** What the page says, in the language that was chosen; read it while rendering, as it changes with the language. */
export let strings: Strings = ENGLISH

let spoken: Language = 'en'

export function speak(language: Language): void {
  spoken = language
  strings = BY_LANGUAGE[language]
  document.documentElement.lang = language
}

/** What a request says so that reasons and titles come in the page's language. */
export function inLanguage(): { locale?: Language } {
  return spoken === 'en' ? {} : { locale: spoken }
}

/** The one chosen before in this browser, else the browser's own where the page speaks it. */
export function preferredLanguage(): Language {
  return storedLanguage() ?? (navigator.language.toLowerCase().startsWith('vi') ? 'vi' : 'en')
}

export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // a browser that keeps nothing asks itself again
  }
}

function storedLanguage(): Language | null {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'vi' || kept === 'en' ? kept : null
  } catch {
    return null
  }
}
