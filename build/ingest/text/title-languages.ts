/** A language that movies have titles in, and the country whose titles are meant. */
export interface TitleLanguage {
  /** ISO 639, lower case */
  language: string
  /** ISO 3166, upper case; null: that of any country */
  region: string | null
}

/** Languages of `data.titleLanguages`: `vi-VN` is Vietnamese in Vietnam, `fr` French anywhere. */
export function titleLanguagesOf(tags: readonly string[]): TitleLanguage[] {
  return tags.map((tag) => {
    const [language, region = null] = tag.split('-')
    return { language, region }
  })
}

/** A title as the staged tables have it: the code of its language, then the title in NFC. */
export function localTitle(language: string, title: string): string {
  return `${language} ${title.normalize('NFC')}`
}
