/** How metrics are headed for a person, and in which order; others follow under their own names. */

const TITLES: Record<string, string> = {
  ndcg: 'NDCG',
  recall: 'Recall',
  cappedRecall: 'Capped recall',
  precision: 'Precision',
  hitRate: 'HR',
  map: 'MAP',
  rmse: 'RMSE',
  mae: 'MAE',
  rmseByUser: 'RMSE by user',
  maeByUser: 'MAE by user',
  coverage: 'Coverage',
  novelty: 'Novelty',
  intraListDiversity: 'Diversity',
}

/** `ndcg@10` as `NDCG@10`, `hitRate` as `HR` */
export function metricTitle(name: string): string {
  const [metric, cutoff] = splitMetric(name)
  const title = TITLES[metric] ?? metric
  return cutoff === null ? title : `${title}@${cutoff}`
}

/** Place of a metric among others, whatever its cutoff. */
export function metricOrder(name: string): number {
  const at = Object.keys(TITLES).indexOf(splitMetric(name)[0])
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

/** `ndcg@10` → ndcg and 10; a metric without lists has no cutoff. */
export function splitMetric(name: string): [metric: string, cutoff: number | null] {
  const [metric, cutoff] = name.split('@')
  return [metric!, cutoff === undefined ? null : Number(cutoff)]
}
