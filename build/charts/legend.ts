import { text, textWidth } from './svg.ts'

export interface LegendEntry {
  name: string
  /** what stands for it in the plot, drawn around a middle */
  sign: (x: number, y: number) => string
}

const LINE = 18

/** Signs with their names from the top left of the picture, in as many lines as the width asks for. */
export function legend(entries: readonly LegendEntry[], width: number): { content: string; height: number } {
  let [x, line] = [0, 0]
  const parts = entries.map(({ name, sign }) => {
    const length = textWidth(name) + 30
    if (x > 0 && x + length > width) [x, line] = [0, line + 1]
    const entry = sign(x + 6, 9 + line * LINE) + text(x + 16, 13 + line * LINE, name, 'tick')
    x += length
    return entry
  })
  return { content: parts.join(''), height: (line + 1) * LINE + 6 }
}
