import type { Figure } from '../../charts/page.ts'
import type { Told } from '../findings.ts'

/** All that somebody needs to check the numbers or to get them again. */
export function protocolFigures({ protocol, command, seed, buildId, facts }: Told): Figure[] {
  return [
    {
      title: 'How the numbers came about, and how to get them again',
      caption: 'The same data, configuration, seed and code give the same numbers, but for the times.',
      full: true,
      table: {
        header: ['what', 'is'],
        rows: [
          ['protocol', protocol],
          ...facts,
          ['seed', String(seed)],
          ...(buildId === null ? [] : [['build', buildId]]),
          ['command', command],
        ],
      },
    },
  ]
}
