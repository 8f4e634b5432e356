import { placeNames } from '../charts/labels.ts'
import { legend } from '../charts/legend.ts'
import { type Draw, frameOf, type Label, picture, px, rect, text } from '../charts/svg.ts'

/** A movie's place in the plane. */
export interface Place {
  title: string
  genre: string
  x: number
  y: number
  ratings: number
}

/** movies that are tried for a name, the most rated first, and those that get one, by width of the picture */
const CANDIDATES = 160
const PX_PER_NAME = 34
const LONGEST_NAME = 26
const DOT = 4
/** movies behind each picture of one genre: enough to show the plane's shape */
const BACKGROUND = 300
/** colour of the genres without one */
const OTHERS = 'g-other'

interface Drawn {
  x: (value: number) => number
  y: (value: number) => number
}

/** Movies as dots, a colour a genre, the rest grey; names of the best known where there is room. */
export function mapChart(label: Label, places: readonly Place[], genres: readonly string[]): Draw {
  return (width) => {
    const key = legend(
      [...genres, 'others'].map((name, index) => ({ name, sign: (x, y) => dot(x, y, colorOf(index, genres)) })),
      width,
    )
    const size = Math.min(640, width * 0.95)
    const frame = frameOf(width, Math.round(key.height + size), [key.height, 2, 2, 2])
    const scale = scaleOf(places, [frame.left, frame.top, frame.right, frame.bottom])
    const others = places.filter(({ genre }) => !genres.includes(genre))
    const layers = [
      dots(others, scale, OTHERS, DOT),
      ...genres.map((genre, index) => dots(ofGenre(places, genre), scale, colorOf(index, genres), DOT)),
    ]
    const candidates = places
      .filter(({ title }) => title.length <= LONGEST_NAME)
      .slice(0, CANDIDATES)
      .map(({ title, x, y }) => ({ name: title, x: scale.x(x), y: scale.y(y), radius: DOT / 2 }))
    const placed = placeNames(candidates, { ...frame, left: 4, right: width - 4, bottom: frame.bottom - 4 }, [3])
    const shown = placed.flatMap((place, index) => (place ? [{ ...place, ...{ name: candidates[index]!.name } }] : []))
    const names = shown
      .slice(0, Math.round(width / PX_PER_NAME))
      .map(({ x, y, anchor, name }) => text(x, y, name, `${anchor} movie halo`))
    const area = rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top, 'class="empty"')
    return picture(frame, label.title, label.description, key.content + area + layers.join('') + names.join(''))
  }
}

/** The plane once for each genre and for the others: its movies in front of a sample of all. */
export function genreMaps(label: Label, places: readonly Place[], genres: readonly string[]): Draw {
  return (width) => {
    const columns = width > 700 ? 4 : 2
    const gap = 12
    const size = (width - (columns - 1) * gap) / columns
    const fronts = [
      ...genres.map((genre) => ({ name: genre, own: ofGenre(places, genre) })),
      { name: 'others', own: places.filter(({ genre }) => !genres.includes(genre)) },
    ]
    const height = Math.ceil(fronts.length / columns) * (size + 28)
    const every = Math.max(1, Math.floor(places.length / BACKGROUND))
    const background = places.filter((_, index) => index % every === 0)
    const pictures = fronts.map(({ name, own }, index) => {
      const left = (index % columns) * (size + gap)
      const top = Math.floor(index / columns) * (size + 28) + 20
      const scale = scaleOf(places, [left + 2, top + 2, left + size - 2, top + size - 2])
      return (
        text(left, top - 6, name, 'label') +
        text(left + size, top - 6, String(own.length), 'end tick') +
        rect(left, top, size, size, 'class="empty"') +
        dots(background, scale, OTHERS, 2) +
        dots(own, scale, 'g0', 2.6)
      )
    })
    return picture(frameOf(width, Math.round(height), [0, 0, 0, 0]), label.title, label.description, pictures.join(''))
  }
}

function colorOf(index: number, genres: readonly string[]): string {
  return index < genres.length ? `g${index}` : OTHERS
}

function dot(x: number, y: number, color: string): string {
  return `<path d="M${px(x)} ${px(y)}h0" class="${color} cloud" stroke-width="10"/>`
}

function ofGenre(places: readonly Place[], genre: string): Place[] {
  return places.filter((place) => place.genre === genre)
}

/** One path for all dots of a colour: round ends of lines without length. */
function dots(places: readonly Place[], { x, y }: Drawn, color: string, size: number): string {
  const path = places.map((place) => `M${px(x(place.x))} ${px(y(place.y))}h0`)
  return `<path d="${path.join('')}" class="${color} cloud" stroke-width="${size}"/>`
}

/** Both axes by their own range, as neither has a unit. */
function scaleOf(places: readonly Place[], [left, top, right, bottom]: [number, number, number, number]): Drawn {
  const within = (values: number[], [start, end]: [number, number]) => {
    const low = Math.min(...values)
    const span = Math.max(...values) - low || 1
    return (value: number) => start + ((value - low) / span) * (end - start)
  }
  const margin = (right - left) * 0.02
  return {
    x: within(
      places.map(({ x }) => x),
      [left + margin, right - margin],
    ),
    y: within(
      places.map(({ y }) => y),
      [bottom - margin, top + margin],
    ),
  }
}
