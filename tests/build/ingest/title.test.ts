import { expect, test } from 'vitest'
import { normalizeName, parseTitle } from '../../../build/ingest/text/title.ts'

test.each([
  ['Toy Story (1995)', 'Toy Story', 1995],
  ['Matrix, The (1999)', 'The Matrix', 1999],
  ['Beautiful Mind, A (2001)', 'A Beautiful Mind', 2001],
  ['American in Paris, An (1951)', 'An American in Paris', 1951],
  [
    'City of Lost Children, The (Cité des enfants perdus, La) (1995)',
    'The City of Lost Children (La Cité des enfants perdus)',
    1995,
  ],
  ["Lover, The (Amant, L') (1992)", "The Lover (L'Amant)", 1992],
  ['Seven (a.k.a. Se7en) (1995)', 'Seven (a.k.a. Se7en)', 1995],
  [
    'City of the Living Dead (a.k.a. Gates of Hell, The) (1980)',
    'City of the Living Dead (a.k.a. The Gates of Hell)',
    1980,
  ],
  ['I, Robot (2004)', 'I, Robot', 2004],
  ['Girl, Interrupted (1999)', 'Girl, Interrupted', 1999],
  [
    'Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)',
    'The Good, the Bad and the Ugly (Il Buono, il brutto, il cattivo)',
    1966,
  ],
  ['From Dusk Till Dawn 2: Texas Blood Money (1999) ', 'From Dusk Till Dawn 2: Texas Blood Money', 1999],
  ['Death Note: Desu nôto (2006–2007)', 'Death Note: Desu nôto', 2006],
  ['Fawlty Towers (1975-)', 'Fawlty Towers', 1975],
  ['Babylon 5', 'Babylon 5', 0],
  ['2001: A Space Odyssey (1968)', '2001: A Space Odyssey', 1968],
  ['Movie (With (nested) brackets) (2000)', 'Movie (With (nested) brackets)', 2000],
  ['(500) Days of Summer (2009)', '(500) Days of Summer', 2009],
  ['(1984)', '(1984)', 0],
])('cleans the title %s', (raw, title, year) => {
  expect(parseTitle(raw)).toMatchObject({ title, year })
})

test('knows all names of a movie, the main one first', () => {
  const { names } = parseTitle('Fist of Fury (a.k.a. Chinese Connection, The) (Jing wu men) (1972)')
  expect(names).toEqual(['Fist of Fury', 'The Chinese Connection', 'Jing wu men'])
})

test('names are compared without diacritics, case, punctuation and articles', () => {
  expect(normalizeName('The Amélie & Co.')).toBe(normalizeName('Amelie and Co'))
  expect(normalizeName("Ocean's Eleven")).toBe('oceans eleven')
  expect(normalizeName('A')).toBe('a')
})
