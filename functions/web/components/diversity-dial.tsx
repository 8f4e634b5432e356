import { useEffect, useState } from 'preact/hooks'
import type { DiversityReceipt } from '../../client/index.ts'
import { strings } from '../strings.ts'

/** after the last move, before the server is asked */
const REST_MS = 200

interface DiversityDialProps {
  /** 0 to 1 */
  value: number
  /** of the list shown; undefined where it was made without diversity */
  receipt: DiversityReceipt | undefined
  onChange(value: number): void
}

/** How much unlike each other the movies shall be, and what the list paid for it. */
export function DiversityDial({ value, receipt, onChange }: DiversityDialProps) {
  const [shown, setShown] = useState(value)
  useEffect(() => setShown(value), [value])
  useEffect(() => {
    if (shown === value) return
    const timer = setTimeout(() => onChange(shown), REST_MS)
    return () => clearTimeout(timer)
  }, [shown, value])
  const { dial } = strings
  return (
    <div class="dial">
      <label>
        <span>{dial.label}</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.1"
          value={shown}
          aria-valuetext={dial.percent(Math.round(100 * shown))}
          onInput={(event) => setShown(Number(event.currentTarget.value))}
        />
      </label>
      <output>{priceOf(receipt)}</output>
    </div>
  )
}

function priceOf(receipt: DiversityReceipt | undefined): string {
  if (receipt === undefined) return strings.dial.none
  const { relevanceGivenUp, intraListDiversity } = receipt
  const percent = (share: number) => Math.round(100 * share)
  return strings.dial.price(
    percent(relevanceGivenUp),
    percent(intraListDiversity.before),
    percent(intraListDiversity.after),
  )
}
