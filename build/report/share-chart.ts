import { legend } from '../charts/legend.ts'
import { type Draw, frameOf, type Label, picture, rect, text, textWidth } from '../charts/svg.ts'

export interface ShareRow {
  name: string
  /** of the whole, in the order of the parts; they add up to 1 */
  shares: number[]
}

export interface SharePart {
  name: string
  /** class of the style sheet, and how strong its colour is */
  color: string
  opacity?: number
}

const ROW = 26

/** A bar of one length for each row, cut by shares; a part wide enough has its percentage on it. */
export function shareChart(label: Label, rows: readonly ShareRow[], parts: readonly SharePart[]): Draw {
  return (width) => {
    const key = legend(
      parts.map(({ name, color, opacity = 1 }) => ({ name, sign: (x, y) => sample(x, y, color, opacity) })),
      width,
    )
    const labelWidth = Math.max(...rows.map(({ name }) => textWidth(name))) + 14
    const frame = frameOf(width, key.height + rows.length * ROW + 4, [key.height, 2, 4, labelWidth])
    const bars = rows.map(({ name, shares }, index) => {
      const y = frame.top + index * ROW
      let x = frame.left
      const segments = shares.map((share, part) => {
        const { color, opacity = 1 } = parts[part]!
        const length = share * (frame.right - frame.left)
        const said = `${Math.round(share * 100)}`
        const middle = x + length / 2
        const segment = rect(
          x + 0.5,
          y + 3,
          length - 1,
          ROW - 7,
          `class="${color} segment" fill-opacity="${opacity.toFixed(2)}"`,
        )
        x += length
        if (share === 0) return ''
        return length < textWidth(said) + 6
          ? segment
          : segment + text(middle, y + ROW / 2 + 4, said, `cell ${opacity > 0.6 ? 'on' : ''}`)
      })
      return text(frame.left - 10, y + ROW / 2 + 4, name, 'end label') + segments.join('')
    })
    return picture(frame, label.title, label.description, key.content + bars.join(''))
  }
}

function sample(x: number, y: number, color: string, opacity: number): string {
  return rect(x - 6, y - 6, 11, 11, `rx="2" class="${color} segment" fill-opacity="${opacity.toFixed(2)}"`)
}
