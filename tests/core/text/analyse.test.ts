import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, tokens, words } from '#core/text/analyse.ts'

describe('fold', () => {
  test.each([
    ['Đừng đi', 'dung di'],
    ['Những Người Viết Huyền Thoại', 'nhung nguoi viet huyen thoai'],
    ['Amélie', 'amelie'],
    ['AMÉLIE', 'amelie'],
    ['Tromsø, Łódź & Æon', 'tromso, lodz & aeon'],
    ['Straße', 'strasse'],
    ['İstanbul', 'istanbul'],
    ['기생충', '기생충'],
    ['千と千尋の神隠し', '千と千尋の神隠し'],
    ['', ''],
  ])('%s → %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  test('does not change what is folded', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)))
  })

  test('does not depend on how accents are encoded', () => {
    expect(fold('Đừng đi'.normalize('NFD'))).toBe(fold('Đừng đi'.normalize('NFC')))
  })
})

describe('words', () => {
  test.each([
    ['Sci-Fi', ['sci', 'fi']],
    ["Ocean's Eleven (2001)", ['oceans', 'eleven', '2001']],
    ['WALL·E', ['wall', 'e']],
    ['2001: A Space Odyssey', ['2001', 'a', 'space', 'odyssey']],
    ['…!', []],
  ])('%s → %j', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })
})

describe('tokens', () => {
  test.each([
    ["A young wizard doesn't know who he is", ['young', 'wizard', 'know']],
    ['Toys that come to life', ['toy', 'come', 'life']],
    ['stories of witches and heroes', ['story', 'witch', 'hero']],
    ['movies about zombies, a tv series in Paris', ['movie', 'zombie', 'tv', 'series', 'paris']],
    ['the glass virus of his boss', ['glass', 'virus', 'boss']],
    ['Đừng đi', ['dung', 'di']],
    ['một bộ phim về tình yêu và của những người trẻ', ['bo', 'phim', 'tinh', 'yeu', 'nguoi', 'tre']],
    ['phim ma cho con', ['phim', 'ma', 'con']],
    ['the of and', []],
  ])('%s → %j', (text, expected) => {
    expect(tokens(text)).toEqual(expected)
  })
})
