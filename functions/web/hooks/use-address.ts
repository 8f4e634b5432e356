import { useEffect, useState } from 'preact/hooks'
import { type Address, formatAddress, parseAddress } from '../address.ts'

/**
 * The view in the address bar, and how to change it. Another viewer, movie or wish is a step that Back undoes;
 * filters, and closing the drawer, replace the current one.
 */
export function useAddress(): [Address, (change: Partial<Address>) => void] {
  const [address, setAddress] = useState(() => parseAddress(location.search))

  useEffect(() => {
    const follow = () => setAddress(parseAddress(location.search))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])

  const go = (change: Partial<Address>) => {
    const next = { ...address, ...change }
    const isStep =
      next.userId !== address.userId ||
      next.wish !== address.wish ||
      next.aboutModel !== address.aboutModel ||
      (next.group === null) !== (address.group === null) ||
      (next.movieId !== null && next.movieId !== address.movieId)
    history[isStep ? 'pushState' : 'replaceState'](null, '', formatAddress(next))
    setAddress(next)
    // another view begins at its top; a drawer leaves the list where it is
    if (isStep && next.movieId === address.movieId) scrollTo({ top: 0 })
  }
  return [address, go]
}
