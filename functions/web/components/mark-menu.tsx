import { useRef } from 'preact/hooks'
import type { Mark } from '../../client/index.ts'
import { strings } from '../strings.ts'

const KINDS: Mark[] = ['liked', 'disliked', 'seen', 'snoozed']

/** What may be said of a movie beside stars; folded away until it is asked for. */
export function MarkMenu({ title, onMark }: { title: string; onMark(kind: Mark): void }) {
  const menu = useRef<HTMLDetailsElement>(null)
  const close = () => {
    if (menu.current) menu.current.open = false
  }
  return (
    <details
      class="mark-menu"
      ref={menu}
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) close()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        close()
        menu.current?.querySelector('summary')?.focus()
      }}
    >
      <summary aria-label={strings.marks.menu(title)} title={strings.marks.menu(title)}>
        <span aria-hidden="true">⋯</span>
      </summary>
      <ul>
        {KINDS.map((kind) => (
          <li key={kind}>
            <button
              type="button"
              onClick={() => {
                close()
                onMark(kind)
              }}
            >
              {strings.marks.say[kind]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
