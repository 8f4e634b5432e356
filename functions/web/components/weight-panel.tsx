import { useEffect, useState } from 'preact/hooks'
import { WEIGHTED, type Weights } from '../address.ts'
import { strings } from '../strings.ts'

/** after the last move, before the server is asked */
const REST_MS = 250
const STEP = 0.05

interface WeightPanelProps {
  /** null: the learned ones hold */
  value: Weights | null
  /** that the list shown was blended with */
  used: Weights | undefined
  onChange(weights: Weights | null): void
}

/** What the list is blended from, to try other mixtures of; folded away until somebody is curious. */
export function WeightPanel({ value, used, onChange }: WeightPanelProps) {
  const [moved, setMoved] = useState<Weights | null>(null)
  // another address, such as by the Back button, or the answer to the last move
  useEffect(() => setMoved(null), [JSON.stringify(value)])
  useEffect(() => {
    if (moved === null) return
    const timer = setTimeout(() => onChange(moved), REST_MS)
    return () => clearTimeout(timer)
  }, [moved])

  const shown = moved ?? value ?? inSteps(used ?? {})
  const words = strings.weights
  const move = (source: keyof Weights, weight: number) => {
    const next = { ...shown, [source]: weight }
    // all at nothing would be no list
    if (Object.values(next).some((each) => each > 0)) setMoved(next)
  }
  return (
    <details class="weights" open={value !== null}>
      <summary>{words.title}</summary>
      <div class="weights-body">
        <p class="muted">{words.text}</p>
        {WEIGHTED.map((source) => (
          <label key={source} class={`weight share-${source}`}>
            <span>{strings.shares[source]}</span>
            <input
              type="range"
              min="0"
              max="1"
              step={STEP}
              value={shown[source] ?? 0}
              onInput={(event) => move(source, Number(event.currentTarget.value))}
            />
            <output>{(shown[source] ?? 0).toFixed(2)}</output>
          </label>
        ))}
        <p class="weights-foot">
          <span class="muted">{value === null ? words.learned : words.own}</span>
          {value === null ? null : (
            <button type="button" class="text-button" onClick={() => onChange(null)}>
              {words.reset}
            </button>
          )}
        </p>
      </div>
    </details>
  )
}

/** Learned weights to the slider's steps; what is there stays above 0. */
function inSteps(weights: Weights): Weights {
  const steps = WEIGHTED.map((source) => {
    const weight = weights[source] ?? 0
    return [source, weight > 0 ? Math.max(STEP, Math.round(weight / STEP) * STEP) : 0] as const
  })
  return Object.fromEntries(steps.map(([source, weight]) => [source, Number(weight.toFixed(2))]))
}
