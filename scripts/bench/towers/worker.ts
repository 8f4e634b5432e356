import { drawTower, vectorMaker } from './draw-tower.ts'

/** As many movies as MovieLens 1M has. */
const NUM_ITEMS = 3706

const makers = new Map<number, () => Float32Array>()

/** A Worker that makes vectors of drawn histories: `/?factors=64&times=1000`; a clock stands still in one, so who asks looks at it. */
export default {
  fetch(request: Request): Response {
    const { searchParams } = new URL(request.url)
    const factors = Number(searchParams.get('factors'))
    const make = makers.get(factors) ?? vectorMaker(drawTower(NUM_ITEMS, factors))
    makers.set(factors, make)
    let sum = 0
    for (let left = Number(searchParams.get('times')); left > 0; left--) sum += make()[0]!
    return new Response(String(sum))
  },
}
