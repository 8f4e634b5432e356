import { useCallback, useState } from 'preact/hooks'
import type { Mark } from '../../client/index.ts'
import { failureText, type ToastMessage } from '../components/notices.tsx'
import { nameOf } from '../names.ts'
import { strings } from '../strings.ts'
import type { Marks } from './use-marks.ts'
import type { RateableMovie, Ratings } from './use-ratings.ts'

/** What a viewer says of movies, with a message of it that can be undone. */
export interface Feedback {
  toast: ToastMessage | null
  closeToast(): void
  rate(movie: RateableMovie, stars: number | null): void
  mark(movie: RateableMovie, kind: Mark): void
  /** takes every rating back */
  clear(): void
}

/**
 * @param starsOf the viewer's own stars, null where there are none
 * @param announce tells those who hear the page
 */
export function useFeedback(
  ratings: Ratings,
  marks: Marks,
  starsOf: (movieId: number) => number | null,
  announce: (text: string) => void,
): Feedback {
  const [toast, setToast] = useState<ToastMessage | null>(null)
  const closeToast = useCallback(() => setToast(null), [])
  const tell = (message: ToastMessage) => {
    setToast(message)
    announce(message.text)
  }

  const save = (movie: RateableMovie, stars: number | null, text: string) => {
    announce(text)
    ratings.set(movie, stars).catch((failure: unknown) => {
      tell({ text: `${strings.ratings.failed(nameOf(movie))} ${failureText(failure)}`, isFailure: true })
    })
  }
  return {
    toast,
    closeToast,
    rate(movie, stars) {
      const before = starsOf(movie.movieId)
      const text = stars === null ? strings.ratings.removed(nameOf(movie)) : strings.ratings.saved(nameOf(movie), stars)
      setToast({ text, undo: () => save(movie, before, text) })
      save(movie, stars, text)
    },
    mark(movie, kind) {
      const fail = (failure: unknown) =>
        tell({ text: `${strings.marks.failed(nameOf(movie))} ${failureText(failure)}`, isFailure: true })
      marks.set(movie.movieId, kind).then((undo) => {
        const takeBack = () => undo().then(() => tell({ text: strings.marks.undone(nameOf(movie)) }), fail)
        tell({ text: strings.marks.said[kind](nameOf(movie)), undo: takeBack })
      }, fail)
    },
    clear() {
      const { items } = ratings
      ratings.clear()
      tell({ text: strings.ratings.cleared, undo: () => ratings.restore(items) })
    },
  }
}
