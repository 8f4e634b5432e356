import { describe, expect, test } from 'vitest'
import { parseQuery } from '#core/query/parse-query.ts'
import { tinyLexicon } from '../../helpers/tiny-lexicon.ts'

const lexicon = tinyLexicon()
const titles = (text: string) => parseQuery(text, lexicon).similarTitles.map(({ title }) => title)

describe('a movie is meant by what it is called in Vietnam', () => {
  test.each([
    ['phim giống Hố đen tử thần', ['Interstellar']],
    ['phim giong ho den tu than', ['Interstellar']],
    ['phim giống hố đen tu than', ['Interstellar']],
    ['Hố đen tử thần', ['Interstellar']],
    ['hố đen tử thần, Heat', ['Interstellar', 'Heat']],
    ['phim như “Bố già”', ['The Godfather: Part II']],
    ['movies like Bố già please', ['The Godfather: Part II']],
    ['bo gia', ['The Godfather: Part II']],
    ['tôi thích bố già lắm', ['The Godfather: Part II']],
    ['giống Harry Potter và chiếc cốc lửa', ['Harry Potter and the Goblet of Fire']],
    ['chú hề ma quái', ['It']],
  ])('%s', (text, expected) => {
    expect(titles(text)).toEqual(expected)
  })

  test('of two of one name by its year, else the better known one', () => {
    expect(titles('giống Hành tinh bí ẩn')).toEqual(['Solaris'])
    expect(titles('giống Hành tinh bí ẩn (1972)')).toEqual(['Solaris (Solyaris)'])
    expect(titles('hành tinh bí ẩn bản 1972')).toEqual(['Solaris (Solyaris)'])
  })

  test('behind “like” with a typo, or a mark that is wrong', () => {
    expect(titles('giống hố đen tử thầnn')).toEqual(['Interstellar'])
    expect(titles('giống bồ già')).toEqual(['The Godfather: Part II'])
  })

  test('the catalogue’s title stays what is answered', () => {
    expect(parseQuery('giống Hố đen tử thần', lexicon).similarTitles).toEqual([{ movieId: 1, title: 'Interstellar' }])
  })
})

describe('words that are a name in Vietnam, and are not meant as one', () => {
  test.each([
    // an old father
    ['phim về một ông bố già'],
    ['phim về bố già mafia'],
    // a series for the family
    ['phim bộ gia đình'],
    ['giống bộ gia đình'],
    // a monster film
    ['phim quái vật'],
    ['không kinh dị, không quái vật'],
    ['không thích phim giống Bố già'],
  ])('%s', (text) => {
    expect(titles(text)).toEqual([])
  })
})
