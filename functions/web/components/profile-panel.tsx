import { MarqueeError, type UserProfile } from '../../client/index.ts'
import type { Client } from '../client.ts'
import type { Load } from '../hooks/use-load.ts'
import { inLanguage, strings } from '../strings.ts'
import { FailureNotice } from './notices.tsx'

const GENRES_SHOWN = 8

/** `known` is null for a viewer without ratings, to whom the API gives lists like to any other. */
export interface Profile {
  known: UserProfile | null
}

/** @throws {MarqueeError} of any kind but an unknown viewer */
export async function loadProfile(client: Client, userId: number, signal: AbortSignal): Promise<Profile> {
  try {
    const known = await client.user(userId, inLanguage(), { signal })
    return { known: known.numRatings > 0 ? known : null }
  } catch (failure) {
    if (failure instanceof MarqueeError && failure.code === 'not_found') return { known: null }
    throw failure
  }
}

interface Bar {
  name: string
  ratings: number
  meanRating: number
}

/** Who this viewer is, in numbers and two small plots. */
export function ProfilePanel({ userId, profile }: { userId: number; profile: Load<Profile> }) {
  const { value, failure } = profile
  const known = value?.known
  return (
    <section class="profile" aria-labelledby="profile-title" aria-busy={profile.loading}>
      <div class="profile-numbers">
        <h1 id="profile-title">{strings.profile.title(userId)}</h1>
        {known ? (
          <dl>
            <Figure name={strings.profile.ratings} value={known.numRatings.toLocaleString('en')} />
            <Figure
              name={strings.profile.mean}
              value={known.meanRating === null ? '–' : `${known.meanRating.toFixed(2)} ★`}
            />
            <Figure name={strings.profile.likes} value={known.likes.toLocaleString('en')} />
          </dl>
        ) : null}
        {value && !known ? <p class="muted">{strings.profile.unknown}</p> : null}
      </div>
      {failure ? <FailureNotice title={strings.failure.profile} failure={failure} onRetry={profile.retry} /> : null}
      {known ? (
        <div class="profile-plots">
          <Bars
            title={strings.profile.genres}
            keeps="first"
            bars={known.genres.slice(0, GENRES_SHOWN).map((bar) => ({ ...bar, name: strings.genre(bar.name) }))}
          />
          <Bars
            title={strings.profile.decades}
            keeps="last"
            bars={known.decades.map(({ decade, ...bar }) => ({ name: strings.filters.decadeName(decade), ...bar }))}
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

/** Length is the number of ratings, the figure at the end their mean. A phone keeps the first or last few. */
function Bars({ title, bars, keeps }: { title: string; bars: Bar[]; keeps: 'first' | 'last' }) {
  const most = Math.max(1, ...bars.map(({ ratings }) => ratings))
  return (
    <div class={`bars bars-${keeps}`}>
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
