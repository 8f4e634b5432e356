import { useState } from 'preact/hooks'
import { type Intent, MarqueeError } from '../client/index.ts'
import type { Client } from './client.ts'
import { GroupList } from './components/group-list.tsx'
import { LanguageSwitch } from './components/language-switch.tsx'
import { ModelPage } from './components/model-page.tsx'
import { MovieDrawer } from './components/movie-drawer.tsx'
import { MovieRail, RailSkeleton } from './components/movie-rail.tsx'
import { EmptyNotice, FailureNotice, Toast } from './components/notices.tsx'
import { PageFooter } from './components/page-footer.tsx'
import { loadProfile, ProfilePanel } from './components/profile-panel.tsx'
import { RatingsRow } from './components/ratings-row.tsx'
import { RecommendationList } from './components/recommendation-list.tsx'
import { SearchBox } from './components/search-box.tsx'
import { ViewerPicker } from './components/viewer-picker.tsx'
import type { Why } from './components/why-here.tsx'
import { WishList } from './components/wish-list.tsx'
import { useAddress } from './hooks/use-address.ts'
import { useBecause } from './hooks/use-because.ts'
import { useFeedback } from './hooks/use-feedback.ts'
import { useGroup } from './hooks/use-group.ts'
import { useLoad } from './hooks/use-load.ts'
import { useMarks } from './hooks/use-marks.ts'
import { type RateableMovie, useRatings } from './hooks/use-ratings.ts'
import { knowsMe, showsOwnList, useRecommendations, viewerRequest, viewerScope } from './hooks/use-recommendations.ts'
import { useWish } from './hooks/use-wish.ts'
import { nameOf, withNames } from './names.ts'
import { inLanguage, keepLanguage, type Language, preferredLanguage, speak, strings } from './strings.ts'
import { loadWall } from './wall.ts'

/** stars of a movie that a shelf may be named for */
const LOVED_FROM = 4
/** fewer movies are no shelf */
const SHELF_FROM = 6
const SHELF_TO = 20

/** The one view: who is watching, movies to rate, the list they make, and a drawer for one movie. */
export function App({ client }: { client: Client }) {
  const [address, go] = useAddress()
  const [drawerPart, setDrawerPart] = useState<'details' | 'similar'>('details')
  const [announcement, setAnnouncement] = useState('')

  const [language, setLanguage] = useState(preferredLanguage)
  const [edited, setEdited] = useState<{ text: string; intent: Intent } | null>(null)

  const { userId, movieId, wish, group, aboutModel } = address
  const ratings = useRatings(client, userId)
  const marks = useMarks(client, userId)
  const model = useLoad('model', 'model', (signal) => client.model({ signal }))
  const history = useLoad('history', aboutModel ? (model.value?.modelId ?? null) : null, (signal) =>
    client.modelHistory({ signal }),
  )
  const wall = useLoad('wall', `wall ${language}`, (signal) => loadWall(client, signal))
  const profile = useLoad(viewerScope(userId), userId === null ? null : `${ratings.version} ${language}`, (signal) =>
    loadProfile(client, userId ?? 0, signal),
  )
  const known = profile.value?.known ?? null
  const limits = model.value?.api ?? null
  const onWall = wall.value?.movies.map((movie) => movie.movieId) ?? (wall.failure ? [] : null)
  const list = useRecommendations(client, address, ratings, marks, limits, onWall, ({ answer, movements }) => {
    const fresh = [...movements.values()].filter(({ kind }) => kind === 'new').length
    if (answer.items.length > 0)
      setAnnouncement(strings.list.updated(answer.items.length, fresh, nameOf(answer.items[0])))
  })

  const together = useGroup(client, address, ratings, marks, ({ items }) => {
    if (items.length > 0) setAnnouncement(strings.group.updated(items.length, nameOf(items[0])))
  })

  const intent = edited !== null && edited.text === wish ? edited.intent : null
  const wished = useWish(
    client,
    wish === null ? null : { text: wish, ...viewerRequest(userId, ratings, marks), ...inLanguage() },
    intent,
    ({ items }) => {
      if (items.length > 0) setAnnouncement(strings.wish.updated(items.length, nameOf(items[0])))
    },
  )

  const starsById = new Map<number, number>()
  for (const movie of known?.topRated ?? []) starsById.set(movie.movieId, movie.rating)
  for (const movie of known?.recentFavourites ?? []) starsById.set(movie.movieId, movie.rating)
  for (const movie of ratings.items) starsById.set(movie.movieId, movie.rating)
  const starsOf = (id: number) => starsById.get(id) ?? null
  const isKnown = userId !== null || knowsMe(ratings, marks)
  const saidIds = new Set([...ratings.items, ...marks.items].map((movie) => movie.movieId))

  const loved = ratings.items.find(({ rating }) => rating >= LOVED_FROM) ?? known?.recentFavourites[0] ?? null
  const because = useBecause(client, showsOwnList(address) ? loved : null, viewerRequest(userId, ratings, marks))
  const listed = new Set(list.value?.answer.items.map((movie) => movie.movieId))
  const beyond = because.value?.filter(({ movieId: id }) => !listed.has(id) && !saidIds.has(id)) ?? []
  const shelf = beyond.slice(0, SHELF_TO)

  const { toast, closeToast, rate, mark, clear } = useFeedback(ratings, marks, starsOf, setAnnouncement)
  const changeLanguage = (next: Language) => {
    speak(next)
    keepLanguage(next)
    setLanguage(next)
  }
  const ask = (text: string) => {
    setEdited(null)
    go({ wish: text, group: null, aboutModel: false, movieId: null })
  }
  const open = (id: number, part: 'details' | 'similar' = 'details') => {
    setDrawerPart(part)
    go({ movieId: id })
  }

  /** As the list says that is in sight: the one for a wish, else the viewer's own. */
  const whyOf = (id: number): Why | undefined => {
    if (wish !== null) {
      const queried = wished.answer?.items.find((movie) => movie.movieId === id)
      if (queried === undefined) return undefined
      const { text } = wished.explanations.get(id) ?? queried.explanation
      return { text, shares: queried.shares, receipt: withNames(queried.receipt, wished.answer!.intent) }
    }
    const recommended = list.value?.answer.items.find((movie) => movie.movieId === id)
    return recommended && { text: recommended.reason.text, shares: recommended.shares }
  }

  if (model.failure instanceof MarqueeError && model.failure.code === 'unauthorized') return <Closed />

  const showsWall = userId === null || (profile.value !== null && known === null) || ratings.items.length > 0
  const genres = known?.genres.map(({ name }) => name) ?? []
  return (
    <>
      <a class="skip" href="#list">
        {strings.skipToList}
      </a>
      <header class="header">
        <Brand />
        <SearchBox client={client} starsOf={starsOf} onPick={(movie) => open(movie.movieId)} onAsk={ask} />
        <LanguageSwitch language={language} onChange={changeLanguage} />
      </header>
      <main>
        {aboutModel ? (
          <ModelPage load={model} history={history} onBack={() => go({ aboutModel: false })} />
        ) : (
          <>
            <ViewerPicker
              userId={userId}
              examples={model.value?.exampleUsers ?? []}
              group={group}
              knowsMe={userId === null && isKnown}
              onPick={(id) => go({ userId: id })}
              onGroup={(members) => go({ group: members, userId: null, wish: null })}
            />
            {group !== null ? (
              <GroupList
                group={group}
                list={together}
                knowsMe={isKnown}
                genres={wall.value?.genres ?? []}
                address={address}
                onAddress={go}
                onOpen={open}
              />
            ) : wish !== null ? (
              <WishList
                text={wish}
                load={wished}
                saidIds={saidIds}
                isPersonal={userId !== null || ratings.items.length > 0}
                onIntent={(changed) => setEdited({ text: wish, intent: changed })}
                onBack={() => go({ wish: null })}
                onRate={rate}
                onMark={mark}
                onOpen={open}
              />
            ) : (
              <>
                {userId === null ? (
                  <Hero
                    examples={strings.hero.examples(wall.value?.movies.slice(0, 1).map(nameOf) ?? [])}
                    onAsk={ask}
                  />
                ) : (
                  <ProfilePanel userId={userId} profile={profile} />
                )}
                {showsWall ? <WallRail wall={wall} starsOf={starsOf} onRate={rate} onOpen={open} /> : null}
                <RecommendationList
                  list={list}
                  isKnown={isKnown}
                  saidIds={saidIds}
                  genres={[...new Set([...genres, ...(wall.value?.genres ?? [])])]}
                  address={address}
                  onAddress={go}
                  onRate={rate}
                  onMark={mark}
                  onOpen={open}
                  ratingsRow={
                    <RatingsRow
                      ratings={ratings}
                      isFresh={userId === null}
                      onRemove={(movie) => rate(movie, null)}
                      onOpen={(id) => open(id)}
                      onClear={clear}
                    />
                  }
                />
                {loved && shelf.length >= SHELF_FROM ? (
                  <MovieRail
                    id="because-title"
                    title={strings.list.because(nameOf(loved))}
                    movies={shelf}
                    starsOf={() => null}
                    onRate={rate}
                    onOpen={(movie) => open(movie.movieId)}
                  />
                ) : null}
                {known && known.recentFavourites.length > 0 ? (
                  <MovieRail
                    id="recent-title"
                    small
                    title={strings.profile.recent}
                    movies={known.recentFavourites}
                    starsOf={(movie) => starsOf(movie.movieId)}
                    onRate={rate}
                    onOpen={(movie) => open(movie.movieId)}
                  />
                ) : null}
              </>
            )}
          </>
        )}
      </main>
      <PageFooter model={model.value} onAbout={() => go({ aboutModel: true, wish: null, movieId: null })} />
      {movieId === null ? null : (
        <MovieDrawer
          client={client}
          movieId={movieId}
          part={drawerPart}
          stars={starsOf(movieId)}
          why={saidIds.has(movieId) || group !== null ? undefined : whyOf(movieId)}
          viewer={group === null ? viewerRequest(userId, ratings, marks) : null}
          onRate={rate}
          onOpen={(id) => open(id)}
          onClose={() => go({ movieId: null })}
        />
      )}
      <div class="toasts">{toast ? <Toast message={toast} onClose={closeToast} /> : null}</div>
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </>
  )
}

/** Instead of everything: a server with authentication, for which the page has no credentials. */
const Closed = () => (
  <>
    <header class="header">
      <Brand />
    </header>
    <main>
      <section>
        <EmptyNotice title={strings.closed.title} text={strings.closed.text}>
          <a href="/docs">{strings.footer.docs}</a>
        </EmptyNotice>
      </section>
    </main>
  </>
)

const Brand = () => (
  <a class="brand" href="/" aria-label={strings.appName}>
    <img src="/favicon.svg" alt="" width="28" height="28" />
    <span>{strings.appName}</span>
  </a>
)

/** What to do here, and wishes to try by a click. */
const Hero = ({ examples, onAsk }: { examples: string[]; onAsk(text: string): void }) => (
  <section class="hero">
    <h1>{strings.hero.title}</h1>
    <p>{strings.hero.text}</p>
    <ul class="chips" aria-label={strings.hero.examplesLabel}>
      {examples.map((text) => (
        <li key={text}>
          <button type="button" class="chip" onClick={() => onAsk(text)}>
            “{text}”
          </button>
        </li>
      ))}
    </ul>
  </section>
)

interface WallRailProps {
  wall: ReturnType<typeof useLoad<Awaited<ReturnType<typeof loadWall>>>>
  starsOf(movieId: number): number | null
  onRate(movie: RateableMovie, stars: number): void
  onOpen(movieId: number): void
}

/** Movies to rate; one that is rated makes room for the next. */
function WallRail({ wall, starsOf, onRate, onOpen }: WallRailProps) {
  if (wall.failure) return <FailureNotice title={strings.failure.wall} failure={wall.failure} onRetry={wall.retry} />
  if (wall.value === null) return <RailSkeleton />
  const movies = wall.value.movies.filter((movie) => starsOf(movie.movieId) === null)
  return (
    <MovieRail
      id="wall-title"
      title={strings.wall.title}
      text={movies.length === 0 ? strings.wall.done : strings.wall.text}
      movies={movies}
      starsOf={() => null}
      onRate={onRate}
      onOpen={(movie) => onOpen(movie.movieId)}
    />
  )
}
