import { useRef, useState } from 'preact/hooks'
import type { Mark } from '../../client/index.ts'
import type { Client } from '../client.ts'
import { type KeptMark, readMarks, withMark, writeMarks } from '../mark-store.ts'

/** What the viewer said of movies beside stars, as far as the page knows it. */
export interface Marks {
  /** newest first: all of a fresh viewer, this visit's of a known one */
  items: KeptMark[]
  /** changes whenever the server would answer differently */
  version: string
  /** @returns how to undo it. @throws {MarqueeError} when it was not saved, and then it is taken back */
  set(movieId: number, kind: Mark): Promise<() => Promise<void>>
}

const browserStore = () => localStorage

/** A fresh viewer's marks live in this browser; a known viewer's go to the API. */
export function useMarks(client: Client, userId: number | null): Marks {
  const fresh = useFreshMarks()
  const known = useKnownMarks(client, userId ?? 0)
  return userId === null ? fresh : known
}

function useFreshMarks(): Marks {
  const [items, setItems] = useState(() => readMarks(browserStore))
  // an undo may call later than the render that made it
  const latest = useRef(items)
  const keep = (next: KeptMark[]) => {
    latest.current = next
    setItems(next)
    writeMarks(browserStore, next)
  }
  const set = async (movieId: number, kind: Mark) => {
    const before = latest.current.find((mark) => mark.movieId === movieId)
    keep(withMark(latest.current, { movieId, kind, timestamp: nowSeconds() }))
    return async () => keep(before ? withMark(latest.current, before) : without(latest.current, movieId))
  }
  return { items, version: items.map(({ movieId, kind }) => `${movieId}:${kind}`).join(), set }
}

function useKnownMarks(client: Client, userId: number): Marks {
  const [byUser, setByUser] = useState<Record<number, KeptMark[]>>({})
  const [saves, setSaves] = useState(0)
  const change = (next: (marks: KeptMark[]) => KeptMark[]) =>
    setByUser((all) => ({ ...all, [userId]: next(all[userId] ?? []) }))

  const set = async (movieId: number, kind: Mark) => {
    change((marks) => withMark(marks, { movieId, kind, timestamp: nowSeconds() }))
    const takeBack = () => change((marks) => without(marks, movieId))
    const { version } = await client.mark(userId, movieId, { kind }).catch((failure: unknown) => {
      takeBack()
      throw failure
    })
    setSaves((count) => count + 1)
    return async () => {
      await client.undoMark(userId, movieId, { version })
      takeBack()
      setSaves((count) => count + 1)
    }
  }
  return { items: byUser[userId] ?? [], version: String(saves), set }
}

const without = (marks: KeptMark[], movieId: number) => marks.filter((mark) => mark.movieId !== movieId)

const nowSeconds = () => Math.floor(Date.now() / 1000)
