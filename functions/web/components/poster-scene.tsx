import type { ComponentChildren } from 'preact'
import type { PosterDesign, Scene } from '../placeholder.ts'

/** The picture of a drawn poster, 200 × 300 units. Colours are the palette's, by class. */
export function PosterScene({ design }: { design: PosterDesign }) {
  return (
    <svg class="poster-scene" viewBox="0 0 200 300" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      {DRAW[design.scene](design.dice)}
    </svg>
  )
}

/** `dice` are numbers in [0, 1), at least 24 */
const DRAW: Record<Scene, (dice: number[]) => ComponentChildren> = {
  sun: ([x, y, size, ...dice]) => (
    <>
      <circle class="light" cx={50 + 100 * x} cy={90 + 50 * y} r={34 + 26 * size} opacity="0.9" />
      {[0, 1, 2, 3, 4].map((band) => (
        <rect key={band} class="deep" x="0" y={118 + 17 * band + 6 * dice[band]} width="200" height={3 + 3.2 * band} />
      ))}
      <rect class="deep" x="0" y="206" width="200" height="94" />
    </>
  ),
  arcs: ([corner, start, gap]) => {
    const cx = corner < 0.5 ? 0 : 200
    return [0, 1, 2, 3, 4, 5].map((ring) => (
      <circle
        key={ring}
        class={ring % 2 === 0 ? 'light-line' : 'middle-line'}
        cx={cx}
        cy="40"
        r={26 + 20 * start + ring * (22 + 8 * gap)}
        stroke-width={12 - ring}
        opacity={0.9 - 0.11 * ring}
      />
    ))
  },
  slats: ([tilt, ...dice]) => (
    <g transform={`rotate(${-38 + 30 * tilt} 100 120)`}>
      {[0, 1, 2, 3, 4, 5, 6, 7].map((slat) => (
        <rect
          key={slat}
          class={dice[slat] < 0.35 ? 'light' : 'middle'}
          x={-90 + 60 * dice[slat + 8]}
          y={-60 + 34 * slat}
          width={220 + 120 * dice[slat]}
          height={8 + 14 * dice[slat + 4]}
          opacity={0.35 + 0.5 * dice[slat + 2]}
        />
      ))}
    </g>
  ),
  peaks: ([x, size, ...dice]) => (
    <>
      <circle class="light" cx={40 + 120 * x} cy="76" r={16 + 16 * size} opacity="0.85" />
      <polygon class="middle" points={ridge(dice, 150, 70)} opacity="0.55" />
      <polygon class="middle" points={ridge(dice.slice(7), 190, 60)} />
      <polygon class="deep" points={ridge(dice.slice(13), 222, 44)} />
    </>
  ),
  beams: ([x, ...dice]) => (
    <>
      {[0, 1, 2, 3, 4].map((beam) => {
        const foot = -60 + 80 * beam + 30 * dice[beam]
        const top = 60 + 80 * x
        return (
          <polygon
            key={beam}
            class={beam % 2 === 0 ? 'light' : 'middle'}
            points={`${top},-10 ${top + 6},-10 ${foot + 46},300 ${foot},300`}
            opacity={0.25 + 0.35 * dice[beam + 5]}
          />
        )
      })}
    </>
  ),
  moon: ([x, y, phase, ...dice]) => {
    const cx = 60 + 80 * x
    const cy = 80 + 30 * y
    return (
      <>
        {dice.slice(0, 18).map((across, star) => (
          <circle key={star} class="light" cx={200 * across} cy={200 * dice[(star * 5 + 3) % 21]} r={0.8 + across} />
        ))}
        <circle class="light" cx={cx} cy={cy} r="44" />
        <circle class="middle" cx={cx + 14 + 22 * phase} cy={cy - 8} r="42" />
      </>
    )
  },
  skyline: (dice) => (
    <>
      <circle class="light" cx={40 + 120 * dice[0]} cy="80" r="30" opacity="0.8" />
      {[0, 1, 2, 3, 4, 5, 6].map((house) => (
        <rect
          key={house}
          class="middle"
          x={-6 + 31 * house}
          y={100 + 90 * dice[house]}
          width="27"
          height="220"
          opacity="0.75"
        />
      ))}
      {[0, 1, 2, 3, 4, 5].map((house) => (
        <rect key={house} class="deep" x={-14 + 38 * house} y={150 + 70 * dice[house + 8]} width="34" height="180" />
      ))}
    </>
  ),
  circles: ([x, y, size, apart]) => (
    <>
      <circle class="middle" cx={70 + 20 * x} cy={92 + 30 * y} r={48 + 16 * size} opacity="0.95" />
      <circle class="light" cx={112 + 34 * apart} cy={118 + 24 * x} r={38 + 18 * y} opacity="0.72" />
    </>
  ),
  confetti: (dice) =>
    dice.slice(0, 22).map((across, piece) => {
      const x = 200 * across
      const y = 215 * dice[(piece * 5 + 2) % 24]
      const size = 6 + 14 * dice[(piece * 3 + 1) % 24]
      const tone = piece % 3 === 0 ? 'light' : 'middle'
      return piece % 2 === 0 ? (
        <circle key={piece} class={tone} cx={x} cy={y} r={size / 2} />
      ) : (
        <rect
          key={piece}
          class={tone}
          x={x}
          y={y}
          width={size}
          height={size / 2.4}
          transform={`rotate(${360 * across} ${x} ${y})`}
        />
      )
    }),
}

/** A line of hills across the poster, around height `y`, closed at the bottom. */
function ridge(dice: number[], y: number, height: number): string {
  const tops = [0, 1, 2, 3, 4, 5].map((hill) => {
    const rise = (hill % 2 === 0 ? 0 : 0.5) + 0.5 * dice[hill]
    return `${40 * hill},${y - height * rise}`
  })
  return `${tops.join(' ')} 200,300 0,300`
}
