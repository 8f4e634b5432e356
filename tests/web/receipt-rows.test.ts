import { expect, test } from 'vitest'
import { receiptRows } from '../../functions/web/receipt-rows.ts'

test('a receipt names what of the wish holds, and nothing else', () => {
  const receipt = {
    genres: ['Sci-Fi'],
    without: ['Horror'],
    year: 2014,
    runtime: 95,
    moods: [{ mood: 'sad', signs: ['loss', 'farewell'] }],
    people: [],
  }
  expect(receiptRows(receipt)).toEqual([
    ['Genre', 'Sci-Fi'],
    ['From', '2014'],
    ['Takes', '1 h 35 min'],
    ['Free of', 'Horror'],
    ['sad', 'loss, farewell'],
  ])
  expect(receiptRows({})).toEqual([])
})
