import { TERMS_IN_VIETNAMESE } from '#core/query/terms-in-vietnamese.ts'
import type { Locale } from '#core/schemas/api.ts'
import { GENRES_IN_VIETNAMESE } from '#core/text/vietnamese.ts'

/** What reasons say, in one language; what is put in are titles, terms and numbers. */
export interface ReasonWords {
  locale: Locale
  and: string
  liked(titles: string): string
  likedByTaste: string
  placed(titles: string): string
  placedByTaste: string
  next(titles: string): string
  similar(title: string, terms: string): string
  /** a word of the texts, which are English */
  term(name: string): string
  popularIn(genre: string): string
  popular: string
  batch: string
  stars(where: string, mean: string, ratings: number): string
}

export const REASON_WORDS: Record<Locale, ReasonWords> = {
  en: {
    locale: 'en',
    and: ' and ',
    liked: (titles) => `Because you liked ${titles}.`,
    likedByTaste: 'Liked by viewers with your taste.',
    placed: (titles) => `New here; what is told of it suits viewers of ${titles}.`,
    placedByTaste: 'New here; what is told of it suits your taste.',
    next: (titles) => `Often next after ${titles}.`,
    similar: (title, terms) => `Similar to ${title}: ${terms}.`,
    term: (name) => name,
    popularIn: (genre) => `Popular in ${genre}`,
    popular: 'Popular with all viewers',
    batch: 'Chosen for you earlier, from what you had watched by then.',
    stars: (where, mean, ratings) => `${where}: ${mean} stars from ${ratings} ratings.`,
  },
  vi: {
    locale: 'vi',
    and: ' và ',
    liked: (titles) => `Vì bạn thích ${titles}.`,
    likedByTaste: 'Những người cùng gu với bạn thích phim này.',
    placed: (titles) => `Phim mới, nội dung hợp với người thích ${titles}.`,
    placedByTaste: 'Phim mới, nội dung hợp gu của bạn.',
    next: (titles) => `Thường được xem tiếp sau ${titles}.`,
    similar: (title, terms) => `Có nét giống ${title}: ${terms}.`,
    term: (name) => TERMS_IN_VIETNAMESE.get(name) ?? name,
    popularIn: (genre) => `Được xem nhiều trong thể loại ${GENRES_IN_VIETNAMESE[genre] ?? genre}`,
    popular: 'Được nhiều người xem',
    batch: 'Đã chọn sẵn cho bạn từ những phim bạn xem trước đó.',
    stars: (where, mean, ratings) => `${where}: ${mean.replace('.', ',')} sao qua ${ratings} lượt chấm.`,
  },
}
