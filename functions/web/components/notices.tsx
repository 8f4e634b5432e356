import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Degraded, MarqueeError } from '../../client/index.ts'
import { DEADLINE_MS } from '../client.ts'
import { strings } from '../strings.ts'

/** how long a message stays; its undo is also among the ratings, so nothing is lost with it */
const TOAST_MS = 8000

/** Says what failed, in the API's words where it gave some, and offers to try again. */
export function FailureNotice({ title, failure, onRetry }: { title: string; failure: unknown; onRetry(): void }) {
  return (
    <div class="notice notice-failure" role="alert">
      <div>
        <strong>{title}</strong>
        <p>{failureText(failure)}</p>
      </div>
      <button type="button" class="button" onClick={onRetry}>
        {strings.failure.retry}
      </button>
    </div>
  )
}

export function failureText(failure: unknown): string {
  if (!(failure instanceof MarqueeError)) return String(failure)
  if (failure.code === 'network') return strings.failure.network
  if (failure.code === 'timeout') return strings.failure.timeout(DEADLINE_MS / 1000)
  if (failure.code === 'bad_answer') return strings.failure.badAnswer(failure.status)
  if (failure.code === 'rate_limited') return strings.failure.tooOften
  if (failure.code === 'internal') return strings.failure.internal
  if (failure.code === 'not_ready' || failure.code === 'unavailable') return strings.failure.notReady
  return failure.message
}

export function EmptyNotice({ title, text, children }: { title: string; text?: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <div class="empty-posters" aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
      <h3>{title}</h3>
      {text ? <p>{text}</p> : null}
      {children}
    </div>
  )
}

/** What a language model has a part in; one line tells of all of it. */
const OF_MODEL: Degraded = ['parse', 'rerank', 'explain']

/** What an answer had to do without. */
export function HonestNotes({ degraded, unknown }: { degraded: Degraded; unknown: number[] }) {
  const said = (parts: Degraded) => parts.map((part) => strings.degraded[part])
  const notes = said(degraded.filter((part) => !OF_MODEL.includes(part)))
  const byModel = said(degraded.filter((part) => OF_MODEL.includes(part)))
  if (byModel.length > 0) notes.push(strings.withoutModel(byModel.join(', ')))
  if (unknown.length > 0) notes.push(strings.unknownMovies(unknown.length))
  if (notes.length === 0) return null
  return (
    <div class="notice notice-degraded">
      <div>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
    </div>
  )
}

export interface ToastMessage {
  text: string
  isFailure?: boolean
  undo?: () => void
}

/** Goes by itself, but not while the pointer or the keyboard is on it. */
export function Toast({ message, onClose }: { message: ToastMessage; onClose(): void }) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(onClose, TOAST_MS)
    return () => clearTimeout(timer)
  }, [message, onClose, isHeld])
  const { undo } = message
  return (
    <div
      class={`toast ${message.isFailure ? 'toast-failure' : ''}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <span>{message.text}</span>
      {undo ? (
        <button
          type="button"
          class="text-button"
          onClick={() => {
            onClose()
            undo()
          }}
        >
          {strings.ratings.undo}
        </button>
      ) : null}
    </div>
  )
}
