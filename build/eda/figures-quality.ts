import type { Figure } from '../charts/page.ts'
import { rowChart } from '../charts/rows.ts'
import { percent, whole } from '../charts/svg.ts'
import { dotPlot } from './charts.ts'
import type { BelowCount, Facts, Missing } from './facts.ts'

export function sparsityFigures({ totals, sample, cold }: Facts, density: number): Figure[] {
  const filled = sample.dots.length / (sample.users * sample.movies)
  return [
    {
      title: 'What the matrix looks like',
      caption:
        `${sample.users} users × ${sample.movies} movies, taken evenly over the ranks, the most active and best known at the top left: ` +
        `${percent(filled)} of these pairs are rated (all: ${percent(density)}). Nearly all that can be learned sits in one corner; the rest needs content or popularity.`,
      draw: dotPlot(
        {
          title: 'A sample of the user × movie matrix',
          description: `${whole(sample.dots.length)} dots, densest at the top left.`,
        },
        {
          rows: sample.users,
          columns: sample.movies,
          dots: sample.dots.map(({ user, movie }) => ({ row: user, column: movie })),
        },
        { x: 'movies, best known first →', y: '↓ users, most active first' },
      ),
      table: {
        header: ['sample', 'users', 'movies', 'rated pairs', 'share'],
        rows: [
          ['even over ranks', whole(sample.users), whole(sample.movies), whole(sample.dots.length), percent(filled)],
        ],
      },
    },
    coldFigure(cold, totals),
  ]
}

function coldFigure({ users, movies }: Facts['cold'], totals: Facts['totals']): Figure {
  const rows = (counts: readonly BelowCount[], who: string, all: number) =>
    counts.map(({ below, n, ratingShare }) => ({ label: `${who} below ${below}`, n, share: n / all, ratingShare }))
  const both = [...rows(users, 'users', totals.users), ...rows(movies, 'movies', totals.movies)]
  const fewest = movies[0]!
  return {
    title: 'Cold start: who has too little',
    caption:
      `${whole(fewest.n)} movies (${percent(fewest.n / totals.movies)}) have fewer than ${fewest.below} ratings and hold ${percent(fewest.ratingShare)} of them: ` +
      'collaborative filtering cannot place these, their texts can. The counts show what the filters data.minRatingsPerUser and data.minRatingsPerMovie would set aside.',
    open: true,
    draw: rowChart(
      {
        title: 'Users and movies with few ratings',
        description: 'Share of users and movies below 5, 10, 20 and 50 ratings.',
      },
      both.map(({ label, n, share }) => ({ label, values: [share], text: `${percent(share)} · ${whole(n)}` })),
      ['share'],
      118,
    ),
    table: {
      header: ['ratings', 'count', 'share', 'hold'],
      rows: both.map(({ label, n, share, ratingShare }) => [label, whole(n), percent(share), percent(ratingShare)]),
    },
  }
}

export function qualityFigures({ totals, missing, oddities, sources }: Facts): Figure[] {
  const partial = missing.filter(({ movies }) => movies < totals.movies)
  const absent = missing.filter(({ movies }) => movies === totals.movies).map(({ field }) => field)
  const worst = partial.reduce<Missing | undefined>(
    (most, field) => (most === undefined || field.ratingShare > most.ratingShare ? field : most),
    undefined,
  )
  const left = sources.reduce((sum, { rowsRead, rowsKept }) => sum + rowsRead - rowsKept, 0)
  return [
    {
      title: 'Fields that movies lack',
      caption:
        (absent.length > 0 ? `No source gives ${absent.join(', ')}. ` : '') +
        (worst === undefined
          ? ''
          : `Most costly${absent.length > 0 ? ' of the others' : ''}: ${worst.field}, missing on ${percent(worst.movies / totals.movies)} of the movies and so for ${percent(worst.ratingShare)} of the ratings. `) +
        'A field missing on many movies but few ratings hurts only the tail, which is where content has to help.',
      draw: rowChart(
        {
          title: 'Movies without a field',
          description: `Share of movies and of their ratings for ${missing.length} fields.`,
        },
        missing.map(({ field, movies, ratingShare }) => ({
          label: field,
          values: [movies / totals.movies, ratingShare],
          text: `${percent(movies / totals.movies)} · ${percent(ratingShare)}`,
        })),
        ['of movies', 'of ratings'],
        92,
      ),
      table: {
        header: ['field', 'movies without', 'share', 'share of ratings'],
        rows: missing.map(({ field, movies, ratingShare }) => [
          field,
          whole(movies),
          percent(movies / totals.movies),
          percent(ratingShare),
        ]),
      },
    },
    {
      title: 'Files as they were read',
      caption:
        left === 0
          ? 'Every row of every file could be used.'
          : `${whole(left)} rows were left out, for the reasons below; the rest of this report does not know them.`,
      table: {
        header: ['file', 'rows', 'kept', 'left out'],
        rows: sources.map(({ file, rowsRead, rowsKept, dropped }) => [
          file,
          whole(rowsRead),
          whole(rowsKept),
          Object.entries(dropped)
            .map(([reason, rows]) => `${whole(rows)}: ${reason}`)
            .join('; ') || '–',
        ]),
      },
    },
    {
      title: 'Unusual users, ratings and movies',
      caption: 'Nothing here is removed. Each line is a reason to look, and says what it means for a model.',
      full: true,
      table: {
        header: ['what, and what it means', 'how many', 'share'],
        rows: oddities.map(({ what, n, unit, share, meaning }) => [
          `${what}: ${meaning}`,
          `${whole(n)}\u00a0${n === 1 ? unit.slice(0, -1) : unit}`,
          percent(share),
        ]),
      },
    },
  ]
}
