/**
 * How people shorten Vietnamese words, or misspell them on purpose, by the word that is meant. None is another Vietnamese word;
 * single letters count only beside Vietnamese words.
 */
const SHORTHANDS: Readonly<Record<string, string>> = {
  không: 'ko, k, kg, kô, kh, khg, hok, hông, hổng, hem, khom, khum, khôg, hôg',
  trước: 'trc, trk',
  được: 'đc, đk',
  muốn: 'mún',
  thích: 'thik, thjk, thix',
  biết: 'bik, bít',
  phim: 'fim, phjm, fjm, phym, fym',
  những: 'nhg, nhữg',
  nhưng: 'nhug, nhưg',
  giống: 'gjống, giốg, zống',
  buồn: 'bùn, pùn',
  vui: 'zui, dzui',
  vậy: 'zậy, dzậy, z',
  gì: 'j, jì',
  nhiều: 'nhìu',
  chồng: 'ck',
  vợ: 'vk',
  người: 'ng, ngừi',
  mình: 'mik, mk',
  yêu: 'iu, êu',
  quá: 'qá, wá',
  rồi: 'r, rùi, ròi',
  thôi: 'hoy, thui',
  với: 'vs',
  đang: 'đg',
}

/** By what is typed, in lower case. */
export const SHORTHAND: ReadonlyMap<string, string> = new Map(
  Object.entries(SHORTHANDS).flatMap(([word, list]) => list.split(',').map((short) => [short.trim(), word] as const)),
)
