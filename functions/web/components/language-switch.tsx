import { type Language, strings } from '../strings.ts'
import { ENGLISH } from '../strings-en.ts'
import { VIETNAMESE } from '../strings-vi.ts'

const NAMES: Record<Language, string> = { en: ENGLISH.language.name, vi: VIETNAMESE.language.name }

/** The languages of the page. */
export function LanguageSwitch({ language, onChange }: { language: Language; onChange(language: Language): void }) {
  return (
    <select
      class="select language"
      aria-label={strings.language.switch}
      value={language}
      onChange={(event) => onChange(event.currentTarget.value as Language)}
    >
      {(Object.keys(NAMES) as Language[]).map((each) => (
        <option key={each} value={each} lang={each} title={NAMES[each]}>
          {each.toUpperCase()}
        </option>
      ))}
    </select>
  )
}
