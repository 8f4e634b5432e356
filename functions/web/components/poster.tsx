import { useState } from 'preact/hooks'
import type { MovieSummary } from '../../client/index.ts'
import { nameOf, originalOf } from '../names.ts'
import { posterDesign } from '../placeholder.ts'
import { strings } from '../strings.ts'
import { PosterScene } from './poster-scene.tsx'

interface PosterProps {
  movie: Pick<MovieSummary, 'title' | 'localTitle' | 'year' | 'genres'>
  /** address of a picture, shown over the drawn poster once it has loaded */
  picture?: string
}

/** A drawn poster; a picture covers it if one is given and reachable. */
export function Poster({ movie, picture }: PosterProps) {
  const original = originalOf(movie)
  const design = posterDesign(movie.title, movie.genres, nameOf(movie))
  const [deep, middle, light] = design.palette
  return (
    <div
      class={`poster poster-${design.lettering}`}
      style={{ '--deep': deep, '--middle': middle, '--light': light, '--title-size': `${design.titleSize}cqi` }}
    >
      <PosterScene design={design} />
      <div class="poster-text">
        <span class="poster-title">{design.shownTitle}</span>
        {original === null ? null : <span class="poster-original">{original}</span>}
        <span class="poster-year">{movie.year ?? ''}</span>
      </div>
      {picture ? <Picture key={picture} address={picture} title={nameOf(movie)} /> : null}
    </div>
  )
}

function Picture({ address, title }: { address: string; title: string }) {
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading')
  if (state === 'failed') return null
  return (
    <img
      class={`poster-picture ${state}`}
      src={address}
      alt={strings.drawer.poster(title)}
      referrerpolicy="no-referrer"
      onLoad={() => setState('shown')}
      onError={() => setState('failed')}
    />
  )
}
