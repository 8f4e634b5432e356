import { table } from '../../../build/io/table.ts'

/** One result of a training bench. */
export interface BenchRow {
  /** `als-cg`, `rank` and so on, with what is measured behind it: `als-cg/iteration` */
  what: string
  shape: string
  /** null where there are none */
  factors: number | null
  /** median */
  oursSeconds: number
  /** median of the peer on the same data in the same run; null where it was not run */
  peerSeconds: number | null
  /** peerSeconds / oursSeconds: how many times as fast we are */
  ratio: number | null
  /** most resident memory of our process until then */
  peakMemoryMiB: number
}

export function benchRow(
  { what, shape, factors }: Pick<BenchRow, 'what' | 'shape' | 'factors'>,
  ours: readonly number[],
  peer: readonly number[],
): BenchRow {
  const oursSeconds = median(ours)
  const peerSeconds = peer.length > 0 ? median(peer) : null
  return {
    what,
    shape,
    factors,
    oursSeconds,
    peerSeconds,
    ratio: peerSeconds && peerSeconds / oursSeconds,
    // of the process, in KiB on every platform
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function printed(rows: readonly BenchRow[]): string {
  const seconds = (value: number | null) => (value === null ? '–' : value.toPrecision(3))
  return table(
    ['what', 'shape', 'factors', 'ours, s', 'peer, s', 'times as fast', 'peak MiB'],
    rows.map(({ what, shape, factors, oursSeconds, peerSeconds, ratio, peakMemoryMiB }) => [
      what,
      shape,
      factors === null ? '–' : String(factors),
      seconds(oursSeconds),
      seconds(peerSeconds),
      ratio === null ? '–' : ratio.toFixed(2),
      String(peakMemoryMiB),
    ]),
  )
}
