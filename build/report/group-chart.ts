import type { Estimate } from '#core/schemas/manifest.ts'
import { legend } from '../charts/legend.ts'
import { type Draw, frameOf, type Label, line, linearScale, picture, text, textWidth, xAxis } from '../charts/svg.ts'
import { type Mark, symbol } from './marks.ts'
import { whiskerDomain } from './whisker-chart.ts'

export interface Group {
  label: string
  /** below the label */
  note: string
  models: { name: string; mark: Mark; value: Estimate }[]
}

/** from this width on the groups' names stand beside them, else above */
const ROOMY = 440
const ROW = 10
const GAP = 14

/** The same models judged in several groups: one block a group, one row a model, dots with 95 % intervals. */
export function groupChart(label: Label, groups: readonly Group[], axis: string): Draw {
  return (width) => {
    const beside = width >= ROOMY
    const names = groups.flatMap(({ label, note }) => [label, note])
    const labelWidth = beside ? Math.max(...names.map(textWidth)) + 16 : 6
    const key = legend(
      groups[0]!.models.map(({ name, mark }) => ({ name, sign: (x, y) => symbol(x, y, mark) })),
      width,
    )
    const head = beside ? 0 : 20
    const heights = groups.map(({ models }) => head + models.length * ROW + GAP)
    const height = key.height + heights.reduce((sum, block) => sum + block, 0) + 42
    const frame = frameOf(width, height, [key.height, 8, 42, labelWidth])
    const estimates = groups.flatMap(({ models }) => models.map(({ value }) => value))
    const x = linearScale(whiskerDomain(estimates), [frame.left, frame.right], width / 90)
    let top = frame.top
    const blocks = groups.map(({ label, note, models }, index) => {
      const start = top + head + GAP / 2
      const middle = start + (models.length * ROW) / 2
      const title = beside
        ? text(frame.left - 12, middle - 2, label, 'end label') + text(frame.left - 12, middle + 13, note, 'end tick')
        : text(0, top + 17, `${label}, ${note}`, 'label')
      const rows = models.map(({ mark, value: { mean, low, high } }, row) => {
        const y = start + (row + 0.5) * ROW
        return line(x(low), y, x(high), y, `${mark.color} interval thin`) + symbol(x(mean), y, mark, 3.4)
      })
      const rule = index > 0 ? line(0, top, frame.right, top, 'grid') : ''
      top += heights[index]!
      return rule + title + rows.join('')
    })
    return picture(frame, label.title, label.description, xAxis(frame, x, axis, String) + key.content + blocks.join(''))
  }
}
