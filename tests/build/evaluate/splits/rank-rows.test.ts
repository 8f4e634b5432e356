import { expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { alone } from '#recommend/blend.ts'
import { rankAll, rankers, SERVED } from '../../../../build/evaluate/judge.ts'
import type { JudgedUser } from '../../../../build/evaluate/judged-users.ts'
import { openArtifacts } from '../../../../build/evaluate/open-artifacts.ts'
import { servingSettings } from '../../../../build/evaluate/serving-settings.ts'
import { rankRows } from '../../../../build/evaluate/splits/rank-rows.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'
import { TINY_CONFIG, tinyFiles, tinyItem } from '../../../helpers/tiny-model.ts'

const blend = [{ minLikes: 0, weights: { ...alone('cf'), cf: 0.5, popularity: 0.5 } }]
const contest = { files: tinyFiles(), blend, config: TINY_CONFIG, itemKnn: null }
/** so many that three threads have some each */
const users = Array.from({ length: 250 }, (_, user): JudgedUser => {
  const liked = [10, 50, 70, 80].slice(user % 4)
  const rows = liked.map((movieId, at) => ({ itemIndex: tinyItem(movieId), rating: 5, timestamp: at + 1 }))
  return { history: historyOf(rows), relevant: new Set([tinyItem(20)]) }
})
const NAMES = [SERVED, 'als']

test('every user’s lists are those of this thread, however many threads there are', async () => {
  const byName = new Map(rankers(openArtifacts(contest.files, servingSettings(TINY_CONFIG, blend)), TINY_CONFIG, null))
  for (const threads of [1, 3]) {
    const lists = await rankRows(contest, users, NAMES, 3, stepHandles(), threads)
    for (const name of NAMES)
      expect(lists.get(name)!.map((list) => [...list])).toEqual(
        rankAll(users, byName.get(name)!, 3).map((list) => Array.from(list)),
      )
  }
})

test('says how far it is, with the row that is judged', async () => {
  const told = stepHandles()
  await rankRows(contest, users, NAMES, 3, told, 1)
  expect(told.labels[0]).toBe('evaluate 0/40')
  expect(told.labels.at(-1)).toBe('evaluate 40/40')
})

test('stops when asked to, with the reason', async () => {
  const stopped = stepHandles(AbortSignal.abort(new Error('enough')))
  await expect(rankRows(contest, users, NAMES, 3, stopped, 1)).rejects.toThrow('enough')
})
