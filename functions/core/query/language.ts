import { STOP_WORDS } from '../text/stop-words.ts'
import { SHORTHAND } from './phrases/shorthand.ts'
import type { QueryText } from './read-words.ts'

/** Folded words that Vietnamese queries are made of and English ones are not. */
const VIETNAMESE = new Set(
  `phim khong giong cua nhung thap nien dao dien toi minh muon xem coi hoac truoc tim goi thoi nhe nha voi duoc kiem nao
  dung chuyen canh gia dinh kinh hai hanh dong tinh cam hoat hinh buon vui nhu kieu tuong tu cho nguoi cuoi cung nam tieng phut duoi
  tren sau ve vien vien tuong lang man hay thich ghet hon chieu bao gio thoi tiet hom nay ma tranh`.split(/\s+/),
)
/** Of these, English words too: they say nothing. */
const BOTH = new Set([
  'hay',
  'cho',
  've',
  'dung',
  'ma',
  'sau',
  'hon',
  'nam',
  'man',
  'vui',
  'hai',
  'nha',
  'tu',
  'dong',
  'dinh',
  'gia',
])
const ENGLISH = new Set(
  'the of with without like and or not any something movie movies film films from that my is are for about directed starring by but give before after show me want watch'.split(
    ' ',
  ),
)

/** Letters that English texts hardly have, not even in names. */
const OWN_LETTERS = /[ăđơưảãạằắẳẵặầấẩẫậẻẽẹềếểễệỉĩịỏõọồốổỗộờớởỡợủũụừứửữựỷỹỵ]/

/** How many words are of either language, of those that tell. */
interface Told {
  vietnamese: number
  english: number
}

/** @param isCounted words of titles and names tell nothing */
function told({ words, hasMarks }: QueryText, isCounted: (at: number) => boolean): Told {
  const found: Told = { vietnamese: 0, english: 0 }
  for (const [at, { folded, typed, joined, isCapital }] of words.entries()) {
    if (!isCounted(at)) continue
    // `Léon` may be a name
    if (hasMarks && typed !== joined) found.vietnamese += OWN_LETTERS.test(typed) || !isCapital ? 1 : 0.5
    else if ((VIETNAMESE.has(folded) && !BOTH.has(folded)) || isShorthand(joined)) found.vietnamese++
    else if (ENGLISH.has(folded) || (STOP_WORDS.has(folded) && /^(?:th|wh|sh|i$|you|it)/.test(folded))) found.english++
  }
  return found
}

/** A letter alone tells nothing, nor do two that may be an abbreviation. */
function isShorthand(word: string): boolean {
  return word.length > 2 && SHORTHAND.has(word)
}

/** The language that a query is typed in: by Vietnamese letters and words against English ones; English in doubt. */
export function languageOf(text: QueryText, isCounted: (at: number) => boolean): 'vi' | 'en' {
  const { vietnamese, english } = told(text, isCounted)
  return vietnamese >= 1 && vietnamese >= english ? 'vi' : 'en'
}

/** Whether some of it is Vietnamese, so that words without marks may be. */
export function hasVietnamese(text: QueryText): boolean {
  return told(text, () => true).vietnamese >= 1
}
