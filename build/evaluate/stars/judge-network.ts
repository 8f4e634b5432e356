import type { RatingNetworkCard } from '#core/schemas/manifest.ts'
import { resampleUsers } from '../bootstrap.ts'
import type { RatedUser } from './rated-users.ts'
import { judgedIn, rmse, starDifferences, starErrors } from './star-metrics.ts'

/** Shares are whole hundredths. */
const SHARES = 100

/** Stars for each rating of each user. */
type Predicted = readonly ArrayLike<number>[]

/**
 * Whether predictions get better by going some of the way to a network's, on ratings that neither has seen. The share of the
 * way is the one of least squared error; each half of the users is judged by the share of the other half, the shipped one is
 * that of all.
 */
export function judgeNetwork(
  users: RatedUser[],
  linear: Predicted,
  network: Predicted,
  { numUsers, bootstrapSamples, seed }: { numUsers: number; bootstrapSamples: number; seed: number },
): RatingNetworkCard['known'] {
  const shares = [0, 1].map((half) => shareOf(users, linear, network, (position) => position % 2 !== half))
  const mixed = users.map((_, position) =>
    Array.from(linear[position]!, (stars, at) => stars + shares[position % 2]! * (network[position]![at]! - stars)),
  )
  const errorsOf = (predicted: Predicted) => starErrors(users, [...predicted], numUsers)
  const [ofLinear, ofMixed] = [errorsOf(linear), errorsOf(mixed)]
  const judged = judgedIn([ofLinear])
  const resamples = resampleUsers(judged.length, bootstrapSamples, seed)
  const difference = starDifferences([ofMixed], [ofLinear], judged, resamples).rmse!
  return {
    shipped: difference.high < 0,
    share: shareOf(users, linear, network, () => true),
    users: judged.length,
    ratings: users.reduce((sum, { ratings }) => sum + ratings.length, 0),
    rmse: { linear: rmse(ofLinear), network: rmse(errorsOf(network)), mixed: rmse(ofMixed) },
    difference,
  }
}

/** Of the line from one prediction to the other the place with the least squared error: Σ d·(stars − linear) / Σ d². */
function shareOf(
  users: RatedUser[],
  linear: Predicted,
  network: Predicted,
  isAsked: (position: number) => boolean,
): number {
  let along = 0
  let squares = 0
  for (const [position, { ratings }] of users.entries()) {
    if (!isAsked(position)) continue
    for (const [at, stars] of ratings.entries()) {
      const way = network[position]![at]! - linear[position]![at]!
      along += way * (stars - linear[position]![at]!)
      squares += way * way
    }
  }
  const share = squares > 0 ? along / squares : 0
  return Math.round(SHARES * Math.min(1, Math.max(0, share))) / SHARES
}
