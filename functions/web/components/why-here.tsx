import type { Receipt } from '../../client/index.ts'
import { receiptRows } from '../receipt-rows.ts'
import { strings } from '../strings.ts'
import { type NamedShares, ScoreShares } from './score-shares.tsx'

/** Why a movie stands in the list that is shown. */
export interface Why {
  text: string
  shares: NamedShares
  /** of a wish: what of it the movie satisfies */
  receipt?: Receipt
}

export const WhyHere = ({ why }: { why: Why }) => (
  <section class="why">
    <h3>{strings.drawer.why}</h3>
    <p>{why.text}</p>
    <ScoreShares shares={why.shares} legend />
    {why.receipt ? <Receipts receipt={why.receipt} /> : null}
  </section>
)

/** What of the wish is satisfied, and by what. */
function Receipts({ receipt }: { receipt: Receipt }) {
  const rows = receiptRows(receipt)
  if (rows.length === 0) return null
  return (
    <dl class="receipt" aria-label={strings.receipt.title}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
