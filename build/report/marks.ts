import { px } from '../charts/svg.ts'

type Corner = [x: number, y: number]

/**
 * A model's colour and shape, the same in every plot. Colours are of Okabe & Ito's palette, darkened or lightened to
 * stand out from the page; shapes tell models apart where colours do not. The yardsticks are grey.
 */
export interface Mark {
  /** class of the style sheet: --c is its colour */
  color: string
  /** on a square of half side 1 around 0, 0 */
  shape: Corner[] | 'circle'
}

const SHAPES: Mark['shape'][] = [
  'circle',
  // square, diamond, triangles up and down, hexagon, triangle to the right
  corners('-1 -1, 1 -1, 1 1, -1 1'),
  corners('0 -1.35, 1.35 0, 0 1.35, -1.35 0'),
  corners('0 -1.2, 1.2 1, -1.2 1'),
  corners('0 1.2, 1.2 -1, -1.2 -1'),
  corners('-1.3 0, -0.65 -1.15, 0.65 -1.15, 1.3 0, 0.65 1.15, -0.65 1.15'),
  corners('-1.1 -1.1, 1.1 0, -1.1 1.1'),
]
const PLUS = corners(
  '0.4 0.4, 0.4 1.4, -0.4 1.4, -0.4 0.4, -1.4 0.4, -1.4 -0.4, -0.4 -0.4, -0.4 -1.4, 0.4 -1.4, 0.4 -0.4, 1.4 -0.4, 1.4 0.4',
)
/** the plus, turned by 45° */
const CROSS = PLUS.map(([x, y]): Corner => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2])

const YARDSTICKS: Record<string, Mark> = {
  popularity: { color: 'm7', shape: PLUS },
  random: { color: 'm8', shape: CROSS },
}

/** By name, in the order in which models stand in the leaderboard: the served blend is the first. */
export function marksOf(names: readonly string[]): Map<string, Mark> {
  const ours = names.filter((name) => !(name in YARDSTICKS))
  return new Map(
    names.map((name) => {
      const index = ours.indexOf(name) % SHAPES.length
      return [name, YARDSTICKS[name] ?? { color: `m${index}`, shape: SHAPES[index]! }]
    }),
  )
}

/** @param radius px */
export function symbol(x: number, y: number, { color, shape }: Mark, radius = 4): string {
  if (shape === 'circle') return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" class="${color} symbol"/>`
  const outline = shape.map(([right, down]) => `${px(x + right * radius * 0.9)} ${px(y + down * radius * 0.9)}`)
  return `<path d="M${outline.join('L')}Z" class="${color} symbol"/>`
}

function corners(text: string): Corner[] {
  return text.split(', ').map((corner): Corner => {
    const [x, y] = corner.split(' ')
    return [Number(x), Number(y)]
  })
}
