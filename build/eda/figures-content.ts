import type { Figure } from '../charts/page.ts'
import { rowChart } from '../charts/rows.ts'
import { percent, whole } from '../charts/svg.ts'
import { heatMap, rangeChart } from './charts.ts'
import type { Facts } from './facts.ts'
import { type Spread, spreadOf } from './statistics.ts'

export function contentFigures({ totals, histogram, genres, together, decades }: Facts): Figure[] {
  const stars: [number, number] = [histogram[0]!.value, histogram.at(-1)!.value]
  const figures: Figure[] = []
  if (genres.length > 0) {
    const spreads = genres.map((genre) => ({ ...genre, spread: spreadOf(genre.histogram) }))
    const rows = spreads.map(({ genre, movies, spread }) => ({
      genre,
      movies,
      movieShare: movies / totals.movies,
      ratingShare: spread.n / totals.ratings,
    }))
    const overRated = rows.reduce((best, row) => (ratio(row) > ratio(best) ? row : best))
    figures.push({
      title: 'How frequent genres are',
      caption:
        `${rows[0]!.genre} is on ${percent(rows[0]!.movieShare)} of the movies. ${overRated.genre} draws the most attention for its size: ` +
        `${percent(overRated.movieShare)} of the movies, ${percent(overRated.ratingShare)} of the ratings. A movie has several genres, so shares add up to more than 100 %.`,
      draw: rowChart(
        {
          title: 'Share of movies and of ratings by genre',
          description: `${rows.length} genres, from ${rows[0]!.genre} down.`,
        },
        rows.map(({ genre, movieShare, ratingShare }) => ({
          label: genre,
          values: [movieShare, ratingShare],
          text: `${percent(movieShare)} · ${percent(ratingShare)}`,
        })),
        ['of movies', 'of ratings'],
        92,
      ),
      table: {
        header: ['genre', 'movies', 'share of movies', 'share of ratings'],
        rows: rows.map((row) => [row.genre, whole(row.movies), percent(row.movieShare), percent(row.ratingShare)]),
      },
    })
    const rated = spreads.filter(({ spread }) => spread.n > 0).sort((a, b) => b.spread.mean - a.spread.mean)
    const [best, worst] = [rated[0]!, rated.at(-1)!]
    figures.push({
      title: 'Ratings by genre',
      caption:
        `Means run from ${worst.spread.mean.toFixed(2)} (${worst.genre}) to ${best.spread.mean.toFixed(2)} (${best.genre}) stars, ` +
        `while ratings within a genre spread by ± ${best.spread.deviation.toFixed(1)} to ${worst.spread.deviation.toFixed(1)}: a genre alone predicts little. ` +
        'Box: quartiles; whiskers: 10th to 90th percentile; line: median; dot: mean (number on the right).',
      draw: rangeChart(
        { title: 'Ratings by genre', description: `Highest mean ${best.genre}, lowest ${worst.genre}.` },
        rated.map(({ genre, spread }) => ({ label: genre, spread, text: spread.mean.toFixed(2) })),
        stars,
        'stars',
        92,
      ),
      table: {
        header: ['genre', 'ratings', 'mean', 'sd', '10 %', '25 %', 'median', '75 %', '90 %'],
        rows: rated.map(({ genre, spread }) => [genre, whole(spread.n), ...spreadCells(spread)]),
      },
    })
    figures.push(
      togetherFigure(
        genres.map(({ genre }) => genre),
        together,
      ),
    )
  }
  if (decades.length > 0) figures.push(decadeFigure(decades, stars))
  return figures
}

const ratio = ({ ratingShare, movieShare }: { ratingShare: number; movieShare: number }) => ratingShare / movieShare

function spreadCells(spread: Spread): string[] {
  const stars = [spread.low, spread.lowerQuartile, spread.median, spread.upperQuartile, spread.high]
  return [spread.mean.toFixed(2), spread.deviation.toFixed(2), ...stars.map(String)]
}

function togetherFigure(names: string[], together: readonly (readonly number[])[]): Figure {
  let strongest = { row: 0, column: 0, share: 0 }
  for (const [row, shares] of together.entries())
    for (const [column, share] of shares.entries())
      if (row !== column && share > strongest.share) strongest = { row, column, share }
  const { row, column, share } = strongest
  return {
    title: 'Genres that come together',
    caption: `${share > 0 ? `Of the ${names[row]} movies, ${percent(share)} are ${names[column]} too: such genres say nearly the same in a content model. ` : ''}Read along a row: the share of its movies that also have the column’s genre, in percent.`,
    full: true,
    draw: heatMap(
      {
        title: 'Share of the row’s movies with the column’s genre',
        description: `${names.length} by ${names.length} genres.`,
      },
      { rows: names, columns: names, values: together },
      {
        labelWidth: 86,
        upright: true,
        most: share || 1,
        says: (value) => (value < 0.005 ? '' : String(Math.round(value * 100))),
      },
    ),
    table: {
      header: ['genre', ...names],
      rows: names.map((name, index) => [name, ...together[index]!.map((value) => percent(value))]),
    },
  }
}

function decadeFigure(decades: Facts['decades'], stars: [number, number]): Figure {
  const rows = decades.map(({ decade, movies, histogram }) => ({
    label: `${decade}s`,
    movies,
    spread: spreadOf(histogram),
  }))
  const most = rows.reduce((best, row) => (row.spread.n > best.spread.n ? row : best))
  const best = rows.filter(({ movies }) => movies >= 10).sort((a, b) => b.spread.mean - a.spread.mean)[0] ?? most
  return {
    title: 'Ratings by decade of release',
    caption:
      `Movies of the ${best.label} are rated highest (${best.spread.mean.toFixed(2)} stars) and those of the ${most.label} most often: ` +
      'what is watched of old decades is a selection, so age is not quality. Same marks as by genre.',
    full: true,
    draw: rangeChart(
      { title: 'Ratings by decade of release', description: `${rows.length} decades from the ${rows[0]!.label}.` },
      rows.map(({ label, spread }) => ({ label, spread, text: spread.mean.toFixed(2) })),
      stars,
      'stars',
      60,
    ),
    table: {
      header: ['decade', 'movies', 'ratings', 'mean', 'sd', '10 %', '25 %', 'median', '75 %', '90 %'],
      rows: rows.map(({ label, movies, spread }) => [label, whole(movies), whole(spread.n), ...spreadCells(spread)]),
    },
  }
}
