import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeNames, spreadLabels } from '../../../build/charts/labels.ts'
import { textWidth } from '../../../build/charts/svg.ts'

describe('labels on a line', () => {
  test('stay where they are when there is room', () => {
    expect(spreadLabels([10, 40, 80], 15, [0, 100])).toEqual([10, 40, 80])
  })

  test('are pushed apart in their order, whatever the order they come in', () => {
    // 50, 52 and 51 want the same place: 50 stays, 51 goes to 65, 52 to 80
    expect(spreadLabels([50, 52, 51], 15, [0, 100])).toEqual([50, 80, 65])
  })

  test('are pushed back from the end of the line', () => {
    expect(spreadLabels([95, 99], 15, [0, 100])).toEqual([85, 100])
  })

  test('are never nearer than the gap', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 20 }), (wanted) => {
        const places = spreadLabels(wanted, 15, [0, 300]).sort((a, b) => a - b)
        for (let at = 1; at < places.length; at++)
          expect(places[at]! - places[at - 1]!).toBeGreaterThanOrEqual(15 - 1e-9)
      }),
    )
  })
})

describe('names in a plane', () => {
  const area = { left: 0, right: 400, top: 0, bottom: 300 }

  test('stand at the right of a lone point', () => {
    const [placed] = placeNames([{ x: 100, y: 100, radius: 5, name: 'als' }], area, [4])
    expect(placed).toEqual({ x: 109, y: 104, anchor: 'start', far: false })
  })

  test('go to the left at the right edge', () => {
    const [placed] = placeNames([{ x: 395, y: 100, radius: 5, name: 'als' }], area, [4])
    expect(placed).toMatchObject({ x: 386, anchor: 'end' })
  })

  test('stay off obstacles', () => {
    const whisker = { left: 119, right: 121, top: 50, bottom: 150 }
    const [placed] = placeNames([{ x: 100, y: 100, radius: 5, name: 'als' }], area, [4], undefined, [whisker])
    expect(placed).toMatchObject({ anchor: 'end' })
  })

  test('neither overlap each other nor leave the area; what finds no place has none', () => {
    const point = fc.record({
      x: fc.integer({ min: 0, max: 400 }),
      y: fc.integer({ min: 0, max: 300 }),
      radius: fc.constant(4),
      name: fc.constantFrom('als', 'popularity', 'marquee'),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), (points) => {
        const boxes = placeNames(points, area, [4, 16]).flatMap((placed, index) => {
          if (placed === null) return []
          const width = textWidth(points[index]!.name)
          const left = placed.anchor === 'start' ? placed.x : placed.x - width / (placed.anchor === 'end' ? 1 : 2)
          return [{ left, right: left + width, top: placed.y - 10, bottom: placed.y + 3 }]
        })
        for (const [index, box] of boxes.entries()) {
          expect(box.left >= 0 && box.right <= 400 && box.top >= 0 && box.bottom <= 300).toBe(true)
          for (const other of boxes.slice(index + 1))
            expect(
              box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
            ).toBe(false)
        }
      }),
    )
  })
})
