import { type BlendWeights, SOURCES } from '#core/schemas/config.ts'
import type { BlendTable, ModelCard } from '#core/schemas/manifest.ts'
import type { Figure } from '../../charts/page.ts'
import { percent, whole } from '../../charts/svg.ts'
import type { Told } from '../findings.ts'
import { signed, signedWithInterval } from '../numbers.ts'
import { shareChart } from '../share-chart.ts'
import { whiskerChart } from '../whisker-chart.ts'

/** How the served list is mixed, and why it may be. */
export function blendFigures({ card, marks, served }: Told): Figure[] {
  if (card === null) return []
  const { blend } = card.model
  const present = SOURCES.filter((source) => blend.some(({ weights }) => weights[source] > 0))
  const nameOf = modelNames(card)
  const last = blend.at(-1)!
  const strongest = SOURCES.reduce((a, b) => (last.weights[b] > last.weights[a] ? b : a))
  const weights: Figure = {
    title: `With ${last.minLikes} likes or more, ${nameOf[strongest]} has the most to say: ${percent(shareOf(last.weights, strongest))}`,
    caption:
      'Weights of the normalized scores by how many likes a history has, chosen on the validation part. In percent; a source without a part is not heard.',
    draw: shareChart(
      {
        title: 'Weights of the blend by length of history',
        description: blend.map((row) => `${rowName(blend, row)}: ${mixture(row.weights, nameOf)}`).join('; '),
      },
      blend.map((row) => ({
        name: rowName(blend, row),
        shares: present.map((source) => shareOf(row.weights, source)),
      })),
      present.map((source) => ({ name: nameOf[source], color: marks.get(nameOf[source])?.color ?? 'm6' })),
    ),
    table: {
      header: ['history', ...present.map((source) => nameOf[source])],
      rows: blend.map((row) => [
        rowName(blend, row),
        ...present.map((source) => percent(shareOf(row.weights, source))),
      ]),
    },
  }
  const judged = blend.flatMap((row) => (row.evidence ? [{ row, evidence: row.evidence }] : []))
  if (judged.length === 0) return [weights]
  const blended = judged.filter(({ evidence }) => evidence.shipped === 'blend').length
  const gate: Figure = {
    title: `The blend had to prove itself, and did for ${blended === judged.length ? 'every length of history' : `${blended === 0 ? 'none' : blended} of ${judged.length} lengths of history`}`,
    caption:
      'NDCG@10 of the blend minus that of its best member on the validation part, paired by user, the weights that judge a tenth of the users chosen on the others. ' +
      'Only where the whole interval lies above 0, or the mean and the interval of all rows together, is the blend shipped, elsewhere the best member alone.',
    draw: whiskerChart(
      {
        title: 'Blend minus its best member on validation, by length of history',
        description: judged
          .map(({ row, evidence }) => `${rowName(blend, row)}: ${signedWithInterval(evidence['ndcg@10'])}`)
          .join('; '),
      },
      judged.map(({ row, evidence }) => ({
        ...{ name: rowName(blend, row), estimate: evidence['ndcg@10'] },
        mark:
          marks.get(evidence.shipped === 'blend' ? served.name : nameOf[evidence.bestMember]) ??
          marks.get(served.name)!,
        note: `ships ${evidence.shipped === 'blend' ? 'the blend' : nameOf[evidence.bestMember]}`,
      })),
      'difference in NDCG@10 on validation',
      signed,
    ),
    table: {
      header: ['history', 'users', 'of them cut', 'best member', 'difference', 'low', 'high', 'shipped'],
      rows: judged.map(({ row, evidence: { users, replayed, bestMember, 'ndcg@10': difference, shipped } }) => [
        ...[rowName(blend, row), whole(users), whole(replayed), nameOf[bestMember]],
        ...[signed(difference.mean), signed(difference.low), signed(difference.high), shipped],
      ]),
    },
  }
  return [weights, gate]
}

/** Sources as the leaderboard names them. */
function modelNames({ model: { cf, neighbours } }: ModelCard): Record<keyof BlendWeights, string> {
  return { cf, next: 'next', neighbours, content: 'content', popularity: 'popularity' }
}

/** `2 to 3 likes`, `16 likes or more` */
function rowName(blend: BlendTable, row: BlendTable[number]): string {
  const next = blend[blend.indexOf(row) + 1]
  if (!next) return row.minLikes === 0 ? 'any history' : `${row.minLikes} likes or more`
  const last = next.minLikes - 1
  const count = last === row.minLikes ? String(last) : `${row.minLikes} to ${last}`
  return `${count} like${count === '1' ? '' : 's'}`
}

function shareOf(weights: BlendWeights, source: keyof BlendWeights): number {
  const total = SOURCES.reduce((sum, name) => sum + weights[name], 0)
  return total > 0 ? weights[source] / total : 0
}

function mixture(weights: BlendWeights, nameOf: Record<keyof BlendWeights, string>): string {
  return SOURCES.filter((source) => weights[source] > 0)
    .map((source) => `${nameOf[source]} ${percent(shareOf(weights, source))}`)
    .join(', ')
}
