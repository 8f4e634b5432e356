import type { ModelAnswer, ModelHistory } from '../../client/index.ts'
import type { Load } from '../hooks/use-load.ts'
import { strings } from '../strings.ts'
import { NetworkEvidence } from './network-evidence.tsx'
import { FailureNotice } from './notices.tsx'
import { ScoreShares } from './score-shares.tsx'

const METRIC = 'ndcg@10'
const COVERAGE = 'coverage@10'
/** the row of what is served */
const SERVED = 'marquee'

interface ModelPageProps {
  load: Load<ModelAnswer>
  history: Load<ModelHistory>
  onBack(): void
}

/** The model's own card: what it learned from, how it was judged beside baselines, and how it blends. */
export function ModelPage({ load, history, onBack }: ModelPageProps) {
  const { value: card, failure, retry } = load
  const words = strings.model
  return (
    <section class="model" id="list" tabIndex={-1} aria-labelledby="model-title" aria-busy={load.loading}>
      <div class="section-head">
        <h1 id="model-title">{words.title}</h1>
        <button type="button" class="text-button" onClick={onBack}>
          {strings.wish.back}
        </button>
      </div>
      {failure ? <FailureNotice title={words.failed} failure={failure} onRetry={retry} /> : null}
      {card ? (
        <>
          <Facts card={card} />
          <Leaderboard card={card} />
          <Blend card={card} />
          {card.evaluation.stars ? <Stars stars={card.evaluation.stars} /> : null}
          <NetworkEvidence model={card.model} />
          <History load={history} />
        </>
      ) : null}
    </section>
  )
}

function Facts({ card: { modelId, publishedAt, project, data, seed } }: { card: ModelAnswer }) {
  const words = strings.model
  const { lang } = document.documentElement
  const number = (value: number) => value.toLocaleString(lang)
  const published = new Date(publishedAt)
  const facts: [string, string][] = [
    [words.name, `${project} · ${modelId}`],
    [words.published, published.toLocaleString(lang, { dateStyle: 'medium', timeStyle: 'short' })],
    [words.data, words.dataOf(number(data.usedRatings), number(data.usedUsers), number(data.movies))],
    [words.period, `${data.firstRating} – ${data.lastRating}`],
    [words.split, words.splitOf(number(data.parts.train), number(data.parts.validation), number(data.parts.test))],
    [words.texts, words.textsOf(number(data.coverage.overview), number(data.coverage.cast))],
    [words.seed, String(seed)],
  ]
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** NDCG of every row with its interval, on one scale, and how much of the catalogue its lists show. */
function Leaderboard({ card: { evaluation } }: { card: ModelAnswer }) {
  const words = strings.model
  const rows = evaluation.models
    .flatMap(({ name, metrics, coverage }) =>
      metrics[METRIC] ? [{ name, ...metrics[METRIC], coverage: coverage[COVERAGE] ?? 0 }] : [],
    )
    .sort((a, b) => b.mean - a.mean)
  const most = Math.max(...rows.map(({ high }) => high), Number.MIN_VALUE)
  return (
    <div class="model-part">
      <h2>{words.leaderboard}</h2>
      <p class="muted">{words.judgedOn(evaluation.usersJudged.toLocaleString(document.documentElement.lang))}</p>
      <table class="leaderboard">
        <thead>
          <tr>
            <th scope="col">{words.row}</th>
            <td class="whisker-cell" />
            <th scope="col">{words.metric}</th>
            <th scope="col">{words.coverage}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, mean, low, high, coverage }) => (
            <tr key={name} class={name === SERVED ? 'served' : ''}>
              <th scope="row">{rowName(name)}</th>
              <td class="whisker-cell" aria-hidden="true">
                <Whisker mean={mean} low={low} high={high} most={most} />
              </td>
              <td class="number">
                <Interval mean={mean} low={low} high={high} />
              </td>
              <td class="number">{(100 * coverage).toFixed(1)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">{evaluation.protocol}</p>
    </div>
  )
}

const rowName = (name: string) => (name === SERVED ? strings.model.served : (strings.model.rows[name] ?? name))

/** The models before this one: when, on how much, how good. */
function History({ load: { value, failure, retry } }: { load: Load<ModelHistory> }) {
  const words = strings.model
  const { lang } = document.documentElement
  if (failure) return <FailureNotice title={words.historyFailed} failure={failure} onRetry={retry} />
  if (!value) return null
  const { models } = value
  const most = Math.max(...models.map(({ ndcgAt10 }) => ndcgAt10?.high ?? 0), Number.MIN_VALUE)
  return (
    <div class="model-part">
      <h2>{words.history}</h2>
      <table class="leaderboard history">
        <thead>
          <tr>
            <th scope="col">{words.published}</th>
            <td class="whisker-cell" />
            <th scope="col">{words.metric}</th>
            <th scope="col">{words.ratings}</th>
          </tr>
        </thead>
        <tbody>
          {models.map(({ modelId, publishedAt, ratings, ndcgAt10 }, place) => (
            <tr key={modelId} class={place === 0 ? 'served' : ''}>
              <th scope="row">
                {new Date(publishedAt).toLocaleDateString(lang, { dateStyle: 'medium' })}{' '}
                <span class="muted">{modelId.slice(0, 8)}</span>
              </th>
              <td class="whisker-cell" aria-hidden="true">
                {ndcgAt10 ? <Whisker {...ndcgAt10} most={most} /> : null}
              </td>
              <td class="number">{ndcgAt10 ? <Interval {...ndcgAt10} /> : '–'}</td>
              <td class="number">{ratings.toLocaleString(lang)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">{models.length === 1 ? words.historyOfOne : words.historyOf}</p>
    </div>
  )
}

/** An interval and its mean as a line with a dot, on a scale from 0 to `most`. */
function Whisker({ mean, low, high, most }: { mean: number; low: number; high: number; most: number }) {
  const at = (value: number) => `${(100 * value) / most}%`
  return (
    <>
      <span class="whisker" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
      <span class="whisker-mean" style={{ left: at(mean) }} />
    </>
  )
}

function Interval({ mean, low, high }: { mean: number; low: number; high: number }) {
  return (
    <>
      {mean.toFixed(4)}{' '}
      <span class="muted">
        {low.toFixed(3)}–{high.toFixed(3)}
      </span>
    </>
  )
}

/** What a list is made of, by how many movies the viewer likes. */
function Blend({ card: { model } }: { card: ModelAnswer }) {
  const words = strings.model
  return (
    <div class="model-part">
      <h2>{words.blend}</h2>
      <ul class="blend-rows">
        {model.blend.map(({ minLikes, weights }) => (
          <li key={minLikes}>
            <h3>{words.fromLikes(minLikes)}</h3>
            <ScoreShares shares={weights} legend />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Stars({ stars }: { stars: NonNullable<ModelAnswer['evaluation']['stars']> }) {
  const words = strings.model
  return (
    <div class="model-part">
      <h2>{words.stars}</h2>
      <table class="leaderboard">
        <thead>
          <tr>
            <th scope="col">{words.starsRow}</th>
            <th scope="col">RMSE</th>
            <th scope="col">MAE</th>
          </tr>
        </thead>
        <tbody>
          {stars.models.map(({ name, metrics: { rmse, mae } }) => (
            <tr key={name} class={name === SERVED ? 'served' : ''}>
              <th scope="row">{rowName(name)}</th>
              <td class="number">{rmse?.mean.toFixed(3) ?? '–'}</td>
              <td class="number">{mae?.mean.toFixed(3) ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">{words.starsOf(stars.ratings.toLocaleString(document.documentElement.lang))}</p>
    </div>
  )
}
