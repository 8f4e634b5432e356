import type { ModelAnswer } from '../../client/index.ts'
import { networkRows } from '../network-rows.ts'
import { strings } from '../strings.ts'

/** What the neural networks of the model do, and why they are in it or are not; nothing where it has none. */
export function NetworkEvidence({ model }: { model: ModelAnswer['model'] }) {
  const words = strings.model
  const { lang } = document.documentElement
  const rows = networkRows(model)
  if (!model.tower && rows.length === 0) return null
  return (
    <div class="model-part">
      <h2>{words.networks}</h2>
      {model.tower ? <p>{words.towerOf(model.tower.scales.map(({ length }) => length.toLocaleString(lang)))}</p> : null}
      {rows.length > 0 ? (
        <>
          <table class="leaderboard">
            <thead>
              <tr>
                <th scope="col">{words.networkRow}</th>
                <th scope="col">{words.withoutNetwork}</th>
                <th scope="col">{words.networkAlone}</th>
                <th scope="col">{words.withNetwork}</th>
                <th scope="col">{words.networkShare}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ which, ratings, rmse, difference, share }) => (
                <tr key={which} class={share > 0 ? 'served' : ''}>
                  <th scope="row">{words.networkOf[which](ratings.toLocaleString(lang))}</th>
                  <td class="number">{rmse.linear.toFixed(4)}</td>
                  <td class="number">{rmse.network.toFixed(4)}</td>
                  <td class="number">
                    {rmse.mixed.toFixed(4)}{' '}
                    <span class="muted">
                      {difference.low.toFixed(4)} … {difference.high.toFixed(4)}
                    </span>
                  </td>
                  <td class="number">{share > 0 ? `${(100 * share).toFixed(0)} %` : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="muted">{words.networkNote}</p>
        </>
      ) : null}
    </div>
  )
}
