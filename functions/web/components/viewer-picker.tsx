import { useState } from 'preact/hooks'
import { asId, MAX_MEMBERS, type Member } from '../address.ts'
import { strings } from '../strings.ts'
import { Face, memberName } from './face.tsx'

/** more than these push the number field out of sight */
const EXAMPLES_SHOWN = 6

interface ViewerPickerProps {
  userId: number | null
  /** viewers that the model offers to try */
  examples: number[]
  /** who watches together; null: one viewer is picked */
  group: Member[] | null
  /** whether anything is known of who sits here */
  knowsMe: boolean
  onPick(userId: number | null): void
  onGroup(group: Member[] | null): void
}

/** Who sits here, one of the example viewers, any viewer by number, or several of them together. */
export function ViewerPicker({ userId, examples, group, knowsMe, onPick, onGroup }: ViewerPickerProps) {
  const shown = examples.slice(0, EXAMPLES_SHOWN)
  const picked = group?.filter((member) => member !== 'me') ?? (userId === null ? [] : [userId])
  const offered = [...picked.filter((member) => !shown.includes(member)), ...shown]
  const [refused, setRefused] = useState<string | null>(null)
  const isFull = group !== null && group.length >= MAX_MEMBERS
  const toggle = (member: Member) =>
    onGroup(group?.includes(member) ? group.filter((other) => other !== member) : [...(group ?? []), member])
  const pick = (member: Member) => {
    if (group === null) onPick(member === 'me' ? null : member)
    else if (!isFull || group.includes(member)) toggle(member)
  }
  const first: Member[] = userId !== null ? [userId] : knowsMe ? ['me'] : []
  const isPicked = (member: Member) => group?.includes(member) ?? member === (userId ?? 'me')
  return (
    <section class="viewers" aria-label={strings.viewer.legend}>
      <div class="viewers-head">
        <h2 class="viewers-title">{strings.viewer.legend}</h2>
        <button type="button" class="text-button together" onClick={() => onGroup(group === null ? first : null)}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="9" cy="12" r="6" />
            <circle cx="15" cy="12" r="6" />
          </svg>
          {group === null ? strings.group.together : strings.group.alone}
        </button>
      </div>
      <div class="viewers-row">
        <button type="button" class="viewer" aria-pressed={isPicked('me')} onClick={() => pick('me')}>
          <Face member="me" />
          {strings.group.me}
        </button>
        {offered.map((example) => (
          <button
            key={example}
            type="button"
            class="viewer"
            aria-pressed={isPicked(example)}
            onClick={() => pick(example)}
          >
            <Face member={example} />
            <span aria-hidden="true">{example}</span>
            <span class="visually-hidden">{memberName(example)}</span>
          </button>
        ))}
        <NumberField isRefused={refused !== null} onRefuse={setRefused} onPick={pick} />
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
