import { afterEach, expect, test, vi } from 'vitest'
import { nameOf, originalOf, withNames } from '../../functions/web/names.ts'
import { inLanguage, speak } from '../../functions/web/strings.ts'

const SPIRITED = { title: 'Spirited Away', localTitle: 'Vùng đất linh hồn' }
const HEAT = { title: 'Heat' }

vi.stubGlobal('document', { documentElement: {} })
afterEach(() => speak('en'))

test('a movie is called by its title in the page’s language, and the original stands beneath', () => {
  speak('vi')
  expect([nameOf(SPIRITED), originalOf(SPIRITED)]).toEqual(['Vùng đất linh hồn', 'Spirited Away'])
  expect([nameOf(HEAT), originalOf(HEAT)]).toEqual(['Heat', null])
  expect(inLanguage()).toEqual({ locale: 'vi' })
})

test('on the English page it is called by the catalogue’s title, also where the other was kept', () => {
  expect([nameOf(SPIRITED), originalOf(SPIRITED)]).toEqual(['Spirited Away', null])
  expect(inLanguage()).toEqual({})
})

test('a receipt names the movies of the wish so too', () => {
  const intent = { similarTitles: [{ movieId: 1, ...SPIRITED }] }
  speak('vi')
  expect(withNames({ similarTo: ['Spirited Away'] }, intent)).toEqual({ similarTo: ['Vùng đất linh hồn'] })
  expect(withNames({ year: 2001 }, intent)).toEqual({ year: 2001 })
})
