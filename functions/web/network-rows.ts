import type { ModelAnswer } from '../client/index.ts'

/** Off by so many stars, with movies that are rated or with new ones. */
export interface NetworkRow {
  which: 'known' | 'told'
  ratings: number
  rmse: { linear: number; network: number; mixed: number }
  /** mixed minus linear: below 0 the network helps */
  difference: { mean: number; low: number; high: number }
  /** of the way to the network that predictions go; 0 where it has not proved itself */
  share: number
}

/** What is known of the network that helps to predict stars, a row a kind of movie; none where none was tried. */
export function networkRows({ ratingNetwork }: ModelAnswer['model']): NetworkRow[] {
  return (['known', 'told'] as const).flatMap((which) => {
    const evidence = ratingNetwork?.[which]
    if (!evidence) return []
    const { ratings, rmse, difference, share, shipped } = evidence
    return [{ which, ratings, rmse, difference, share: shipped ? share : 0 }]
  })
}
