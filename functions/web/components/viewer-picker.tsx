import { useState } from 'preact/hooks'
import { asId } from '../address.ts'
import { strings } from '../strings.ts'

/** more than these push the number field out of sight */
const EXAMPLES_SHOWN = 8

interface ViewerPickerProps {
  userId: number | null
  /** viewers that the model offers to try */
  examples: number[]
  onPick(userId: number | null): void
}

/** A fresh start, one of the example viewers, or any viewer by number. */
export function ViewerPicker({ userId, examples, onPick }: ViewerPickerProps) {
  const shown = examples.slice(0, EXAMPLES_SHOWN)
  const offered = userId === null || shown.includes(userId) ? shown : [userId, ...shown]
  const [refused, setRefused] = useState<string | null>(null)
  return (
    <section class="viewers" aria-label={strings.viewer.legend}>
      <h2 class="viewers-title">{strings.viewer.legend}</h2>
      <div class="viewers-row">
        <button type="button" class="viewer" aria-pressed={userId === null} onClick={() => onPick(null)}>
          <span class="face face-fresh" aria-hidden="true">
            +
          </span>
          {strings.viewer.fresh}
        </button>
        {offered.map((example) => (
          <button
            key={example}
            type="button"
            class="viewer"
            aria-pressed={userId === example}
            onClick={() => onPick(example)}
          >
            <span class="face" aria-hidden="true" style={{ '--hue': String((example * 47) % 360) }} />
            <span aria-hidden="true">{example}</span>
            <span class="visually-hidden">{strings.viewer.user(example)}</span>
          </button>
        ))}
        <NumberField isRefused={refused !== null} onRefuse={setRefused} onPick={onPick} />
      </div>
      <p id="viewer-problem" class="field-problem" role="alert">
        {refused === null ? null : strings.viewer.invalid(refused)}
      </p>
    </section>
  )
}

interface NumberFieldProps {
  isRefused: boolean
  /** called with what was typed, or null when it was a number */
  onRefuse(text: string | null): void
  onPick(userId: number): void
}

function NumberField({ isRefused, onRefuse, onPick }: NumberFieldProps) {
  const [text, setText] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    const userId = asId(text)
    onRefuse(userId === null ? text : null)
    if (userId === null) return
    onPick(userId)
    setText('')
  }
  return (
    <form class="viewer-form" onSubmit={submit} noValidate>
      <input
        class="input"
        inputMode="numeric"
        autoComplete="off"
        value={text}
        placeholder={strings.viewer.numberHint}
        aria-label={strings.viewer.numberLabel}
        aria-invalid={isRefused}
        aria-describedby="viewer-problem"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        {strings.viewer.open}
      </button>
    </form>
  )
}
