/**
 * A drawn poster for every movie: palette, scene and lettering follow from title and genres alone, so that a
 * movie looks the same wherever and whenever it is drawn.
 */

/** [deep, middle, light]: a background that white letters stand on, and two tones for the scene. */
const PALETTES = [
  ['#1b1035', '#6a2c91', '#f2a65a'],
  ['#06262d', '#0e6e75', '#f4d58d'],
  ['#2a0a12', '#9c1c31', '#ffb997'],
  ['#0b1d3a', '#1f5aa6', '#9fd8ff'],
  ['#1d2a12', '#4f7d2c', '#e7e08b'],
  ['#2b1606', '#a4551e', '#ffd38a'],
  ['#151821', '#4a5670', '#dfe7f5'],
  ['#2d0f2a', '#a33078', '#ffc1d9'],
  ['#0a2620', '#1c7a5e', '#b9f3d0'],
  ['#240d3d', '#5b3fd1', '#c7b8ff'],
  ['#301008', '#c0392b', '#ffe0b5'],
  ['#101f26', '#34708a', '#f6c2a0'],
] as const

export const SCENES = ['sun', 'arcs', 'slats', 'peaks', 'beams', 'moon', 'skyline', 'circles', 'confetti'] as const
export type Scene = (typeof SCENES)[number]

/** Scenes that suit a genre; the hash picks among those of all its genres. */
const SCENES_BY_GENRE: Record<string, Scene[]> = {
  Action: ['slats', 'beams'],
  Adventure: ['peaks', 'sun'],
  Animation: ['circles', 'confetti'],
  Children: ['confetti', 'sun'],
  Comedy: ['confetti', 'circles'],
  Crime: ['skyline', 'slats'],
  Documentary: ['arcs'],
  Drama: ['arcs', 'sun'],
  Fantasy: ['moon', 'peaks'],
  'Film-Noir': ['slats', 'skyline'],
  Horror: ['moon', 'slats'],
  Musical: ['beams', 'confetti'],
  Mystery: ['moon', 'skyline'],
  Romance: ['circles', 'sun'],
  'Sci-Fi': ['arcs', 'moon'],
  Thriller: ['slats', 'skyline'],
  War: ['beams', 'peaks'],
  Western: ['sun', 'peaks'],
}

const LETTERINGS = ['serif', 'sans', 'wide'] as const

export interface PosterDesign {
  palette: (typeof PALETTES)[number]
  scene: Scene
  lettering: (typeof LETTERINGS)[number]
  /** the title without a second name in brackets behind it */
  shownTitle: string
  /** size of the title in hundredths of the poster's width */
  titleSize: number
  /** numbers in [0, 1) that the scene is drawn from */
  dice: number[]
}

/**
 * @param genres order does not matter
 * @param name that is shown, where it is another than the title
 */
export function posterDesign(title: string, genres: readonly string[], name = title): PosterDesign {
  const random = generator(hash(title))
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]
  const palette = pick(PALETTES)
  const lettering = pick(LETTERINGS)
  const suited = [...new Set([...genres].sort().flatMap((genre) => SCENES_BY_GENRE[genre] ?? []))]
  const scene = pick(suited.length > 0 ? suited : SCENES)
  const shownTitle = name.replace(/(?<=\S)\s+\([^()]*\)$/, '')
  return {
    palette,
    scene,
    lettering,
    shownTitle,
    titleSize: titleSize(shownTitle),
    dice: Array.from({ length: 24 }, random),
  }
}

/**
 * A title fills its poster: the longest word must fit the width, all of it about two fifths of the height.
 * Measured for letters of 0.74 em, which is wide, M and W being half as wide again; 6 to 17 hundredths of the poster's width.
 */
export function titleSize(title: string): number {
  const widthOf = (word: string) => word.length + 0.5 * (word.match(/[mw]/gi)?.length ?? 0)
  const longestWord = Math.max(1, ...title.split(/[\s-]+/).map(widthOf))
  const byWidth = 86 / (0.74 * longestWord)
  const byArea = Math.sqrt((86 * 62) / (0.66 * 1.15 * Math.max(1, title.length))) * 0.8
  return Math.round(10 * Math.min(17, Math.max(6, Math.min(byWidth, byArea)))) / 10
}

/** FNV-1a, 32 bits, over UTF-16 code units */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (let position = 0; position < text.length; position++)
    state = Math.imul(state ^ text.charCodeAt(position), 0x01000193)
  return state >>> 0
}

/** mulberry32: small, and good enough to place a few circles */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
