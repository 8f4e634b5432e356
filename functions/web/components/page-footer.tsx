import type { ModelAnswer } from '../../client/index.ts'
import { strings } from '../strings.ts'

const METRIC = 'ndcg@10'
/** rows of the evaluation: what is served, and the baseline */
const SERVED = 'marquee'
const BASELINE = 'popularity'

/** The model in one line, and where the API is described. */
export function PageFooter({ model, onAbout }: { model: ModelAnswer | null; onAbout(): void }) {
  return (
    <footer class="footer">
      {model ? <ModelLine model={model} /> : null}
      <p>
        <button type="button" class="text-button" onClick={onAbout}>
          {strings.footer.aboutModel}
        </button>{' '}
        · <a href="/docs">{strings.footer.docs}</a> · {strings.footer.posters}
      </p>
    </footer>
  )
}

function ModelLine({ model }: { model: ModelAnswer }) {
  const { data, evaluation } = model
  return (
    <>
      <p>{qualityText(evaluation)}</p>
      <p>
        {[
          strings.footer.data(
            data.usedRatings.toLocaleString(document.documentElement.lang),
            data.movies.toLocaleString(document.documentElement.lang),
          ),
          strings.footer.model(model.modelId),
          strings.footer.published(
            new Date(model.publishedAt).toLocaleDateString(document.documentElement.lang, { dateStyle: 'medium' }),
          ),
        ].join(' · ')}
      </p>
    </>
  )
}

/** Served blend beside popularity, with the interval of their paired difference; '' where it was not measured. */
function qualityText(evaluation: ModelAnswer['evaluation']): string {
  const ndcg = (model: string) => evaluation.models.find(({ name }) => name === model)?.metrics[METRIC]
  const served = ndcg(SERVED)
  const popularity = ndcg(BASELINE)
  const gain = evaluation.overPopularity[METRIC]
  if (served === undefined || popularity === undefined || gain === undefined) return ''
  const decimals = (value: number) => value.toFixed(3)
  return strings.footer.quality(
    decimals(served.mean),
    decimals(popularity.mean),
    strings.footer.gain(decimals(gain.mean), decimals(gain.low), decimals(gain.high)),
    evaluation.usersJudged.toLocaleString(document.documentElement.lang),
  )
}
