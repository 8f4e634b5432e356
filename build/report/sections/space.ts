import type { Figure } from '../../charts/page.ts'
import { percent, whole } from '../../charts/svg.ts'
import type { Told } from '../findings.ts'
import { genreMaps, mapChart, type Place } from '../map-chart.ts'
import { listed } from '../numbers.ts'

/** genres with a colour of their own; the rest is grey */
const GENRES = 7
/** what the examination calls movies of no frequent genre */
const NO_GENRE = 'Other'
/** the most rated movies that are drawn */
const DRAWN = 1500
/** neighbours in the plane that a movie is compared with */
const NEAR = 10
/** times as often as by chance that neighbours share their genre for it to be called a pattern */
const CLEARLY = 1.5
/** names that the table of the map has */
const NAMED = 60

/** What the item factors know of movies: a plane to look at, and neighbours to read. */
export function spaceFigures({ examination }: Told): Figure[] {
  if (examination === null) return []
  const { map, similar } = examination
  const places = map.points.slice(0, DRAWN)
  return [
    ...(places.length > NEAR ? mapFigures(places, map.method) : []),
    ...(similar.length > 0 ? [similarFigure(similar)] : []),
  ]
}

function mapFigures(places: readonly Place[], method: string): Figure[] {
  const counts = new Map<string, number>()
  for (const { genre } of places) counts.set(genre, (counts.get(genre) ?? 0) + 1)
  const genres = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([genre]) => genre)
  const coloured = genres.filter((genre) => genre !== NO_GENRE).slice(0, GENRES)
  const together = shareTogether(places)
  const chance = [...counts.values()].reduce((sum, n) => sum + (n / places.length) ** 2, 0)
  const table = {
    header: ['movie', 'main genre', 'ratings', 'x', 'y'],
    rows: places
      .slice(0, NAMED)
      .map(({ title, genre, ratings, x, y }) => [title, genre, whole(ratings), x.toFixed(2), y.toFixed(2)]),
  }
  return [
    {
      title: `${together > CLEARLY * chance ? 'Movies of one genre lie together, though genres were never told' : 'The plane hardly sorts movies by genre'}: ${percent(together)} of the nearest share it, ${percent(chance)} would by chance`,
      caption:
        `Movies placed by what their viewers have in common: ${method}. Colour: main genre, the ${coloured.length} most frequent; grey: the others. ` +
        'A plane shows only some of what the factors hold, so distance here is a hint; the neighbours below are found with all of it.',
      full: true,
      draw: mapChart(
        {
          title: 'Movies in the plane of their item factors',
          description: `${whole(places.length)} movies coloured by ${listed(coloured)}; well-known ones are named.`,
        },
        places,
        coloured,
      ),
      table,
    },
    {
      title: 'The same plane, one genre at a time',
      caption:
        'For eyes that do not tell seven colours apart: each picture has one genre in front of all movies; the number says how many.',
      full: true,
      draw: genreMaps(
        {
          title: 'Where the movies of each genre lie in the plane',
          description: `One picture each for ${listed(coloured)}.`,
        },
        places,
        coloured,
      ),
      table: {
        header: ['main genre', 'movies', 'share'],
        rows: genres.map((genre) => [genre, whole(counts.get(genre)!), percent(counts.get(genre)! / places.length)]),
      },
    },
  ]
}

/** Mean share of the movies nearest in the plane that have the same main genre. */
function shareTogether(places: readonly Place[]): number {
  let together = 0
  for (const here of places) {
    const nearest: { distance: number; genre: string }[] = []
    for (const { x, y, genre } of places) {
      const distance = (x - here.x) ** 2 + (y - here.y) ** 2
      if (nearest.length > NEAR && distance >= nearest.at(-1)!.distance) continue
      const at = nearest.findIndex((other) => distance < other.distance)
      nearest.splice(at < 0 ? nearest.length : at, 0, { distance, genre })
      if (nearest.length > NEAR + 1) nearest.pop()
    }
    // the first is the movie itself
    together += nearest.slice(1).filter(({ genre }) => genre === here.genre).length / NEAR
  }
  return together / places.length
}

function similarFigure(similar: NonNullable<Told['examination']>['similar']): Figure {
  const named = ({ title, year }: { title: string; year: number }) => (year > 0 ? `${title} (${year})` : title)
  return {
    title: 'Nearest neighbours, to read with one’s own eyes',
    caption:
      'Well-known movies and those that “similar movies” of the API gives for them, with their scores. The movies were picked by rule, not by hand: numbers do not notice when a neighbour is absurd, a reader does.',
    full: true,
    lists: similar.map((movie) => ({
      title: named(movie),
      items: movie.neighbours.map((neighbour) => ({ text: named(neighbour), value: neighbour.score.toFixed(2) })),
    })),
    table: {
      header: ['movie', 'most similar', 'score'],
      rows: similar.flatMap((movie) =>
        movie.neighbours.map((neighbour) => [named(movie), named(neighbour), neighbour.score.toFixed(3)]),
      ),
    },
  }
}
