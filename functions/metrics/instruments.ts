/** One line of the exposition. */
export interface Sample {
  /** behind the metric's name */
  suffix: '' | '_bucket' | '_sum' | '_count'
  labels: Readonly<Record<string, string>>
  value: number
}

/** What Prometheus calls a metric family. */
export interface Metric {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  /** one sentence for people */
  help: string
  samples(): Iterable<Sample>
}

type Labels<Name extends string> = Record<Name, string>

export interface Counter<Name extends string> extends Metric {
  add(labels: Labels<Name>, by?: number): void
}

export interface Histogram<Name extends string> extends Metric {
  /** @param value in the metric's unit */
  observe(labels: Labels<Name>, value: number): void
}

/**
 * Only ever grows. Labels must be of a bounded set: each combination is kept as long as the isolate lives.
 * @param known label sets that stand at 0 from the start, so that a rate sees their first rise
 */
export function counter<Name extends string = never>(
  name: string,
  help: string,
  known: Labels<Name>[] = [],
): Counter<Name> {
  const series = new Map<string, { labels: Labels<Name>; value: number }>()
  const add = (labels: Labels<Name>, by = 1) => {
    const key = keyOf(labels)
    const one = series.get(key)
    if (one) one.value += by
    else series.set(key, { labels, value: by })
  }
  for (const labels of known) add(labels, 0)
  return {
    name,
    type: 'counter',
    help,
    add,
    *samples() {
      for (const { labels, value } of series.values()) yield { suffix: '', labels, value }
    },
  }
}

/** @param bounds inclusive upper ends of the buckets, ascending; a last one without end is added */
export function histogram<Name extends string = never>(
  name: string,
  help: string,
  bounds: readonly number[],
): Histogram<Name> {
  const series = new Map<string, { labels: Labels<Name>; counts: Float64Array; sum: number }>()
  return {
    name,
    type: 'histogram',
    help,
    observe(labels, value) {
      const key = keyOf(labels)
      let one = series.get(key)
      if (!one) series.set(key, (one = { labels, counts: new Float64Array(bounds.length + 1), sum: 0 }))
      let bucket = 0
      while (bucket < bounds.length && value > bounds[bucket]!) bucket++
      one.counts[bucket]!++
      one.sum += value
    },
    *samples() {
      for (const { labels, counts, sum } of series.values()) {
        let upTo = 0
        for (const [bucket, count] of counts.entries()) {
          upTo += count
          const le = bucket < bounds.length ? String(bounds[bucket]) : '+Inf'
          yield { suffix: '_bucket', labels: { ...labels, le }, value: upTo }
        }
        yield { suffix: '_sum', labels, value: sum }
        yield { suffix: '_count', labels, value: upTo }
      }
    },
  }
}

/** A number as it is when somebody asks, and so made anew for each scrape. */
export function gauge(
  name: string,
  help: string,
  ...values: { labels?: Record<string, string>; value: number }[]
): Metric {
  return {
    name,
    type: 'gauge',
    help,
    samples: () => values.map(({ labels = {}, value }) => ({ suffix: '', labels, value })),
  }
}

/** A counter that is kept elsewhere, as it stands now. */
export function counted(
  name: string,
  help: string,
  values: { labels?: Record<string, string>; value: number }[],
): Metric {
  return { ...gauge(name, help, ...values), type: 'counter' }
}

/** Of one metric the labels' names and their order are always the same. */
function keyOf(labels: Record<string, string>): string {
  let key = ''
  for (const name in labels) key += `${labels[name]}\n`
  return key
}
