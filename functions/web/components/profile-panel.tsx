import type { UserProfile } from '#core/schemas/api.ts'
import type { Load } from '../hooks/use-load.ts'
import { strings } from '../strings.ts'
import { FailureNotice } from './notices.tsx'

const GENRES_SHOWN = 8

interface Bar {
  name: string
  ratings: number
  meanRating: number
}

/** Who this viewer is, in numbers and two small plots. */
export function ProfilePanel({ userId, profile }: { userId: number; profile: Load<UserProfile> }) {
  const { value, failure } = profile
  return (
    <section class="profile" aria-labelledby="profile-title" aria-busy={profile.loading}>
      <div class="profile-numbers">
        <h1 id="profile-title">{strings.profile.title(userId)}</h1>
        {value ? (
          <dl>
            <Figure name={strings.profile.ratings} value={value.numRatings.toLocaleString('en')} />
            <Figure
              name={strings.profile.mean}
              value={value.meanRating === null ? '–' : `${value.meanRating.toFixed(2)} ★`}
            />
            <Figure name={strings.profile.likes} value={value.likes.toLocaleString('en')} />
          </dl>
        ) : null}
        {value?.numRatings === 0 ? <p class="muted">{strings.profile.unknown}</p> : null}
      </div>
      {failure ? <FailureNotice title={strings.failure.profile} failure={failure} onRetry={profile.retry} /> : null}
      {value && value.numRatings > 0 ? (
        <div class="profile-plots">
          <Bars title={strings.profile.genres} bars={value.genres.slice(0, GENRES_SHOWN)} />
          <Bars
            title={strings.profile.decades}
            bars={value.decades.map(({ decade, ...bar }) => ({ name: strings.filters.decadeName(decade), ...bar }))}
          />
        </div>
      ) : null}
      {profile.loading && !value ? <div class="bone bone-profile" aria-hidden="true" /> : null}
    </section>
  )
}

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)

/** Length is the number of ratings, the figure at the end their mean. */
function Bars({ title, bars }: { title: string; bars: Bar[] }) {
  const most = Math.max(1, ...bars.map(({ ratings }) => ratings))
  return (
    <div class="bars">
      <h3>{title}</h3>
      <ul>
        {bars.map(({ name, ratings, meanRating }) => (
          <li key={name} title={strings.profile.bar(name, ratings, meanRating)}>
            <span class="bar-name">{name}</span>
            <span class="bar-track" aria-hidden="true">
              <span style={{ width: `${(100 * ratings) / most}%` }} />
            </span>
            <span class="bar-value">{meanRating.toFixed(1)} ★</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
