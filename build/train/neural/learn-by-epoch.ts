import type { StepHandles } from '../../io/handles.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { NetworkState } from './network-state.ts'

/** How long a network is trained. */
export interface Epochs {
  /** times that every example is seen, by which the learning rate falls */
  epochs: number
  /** epochs after which training ends before that; null: it does all of them */
  stopAfter: number | null
  /** epochs without a better value on validation after which it ends; null: all, and the best is kept */
  patience: number | null
}

/** What a checkpoint holds beside the losses. */
export interface NetworkProgress extends NetworkState {
  /** on validation, one an epoch, and what was learned when it was best; empty without a judge */
  judged: Float32Array
  best: Float32Array
}

export const NETWORK_PROGRESS = ['learned', 'moments', 'judged', 'best'] as const satisfies (keyof NetworkProgress)[]

/** A network in training, of some kind. */
interface Session {
  state(): NetworkState
  load(state: NetworkState): void
}

export interface NetworkRun<Of extends Session> {
  threads?: number
  checkpoint?: Checkpoint<NetworkProgress>
  /** how the network does on validation; left out, the last epoch's is kept */
  judge?: (session: Of) => Promise<number>
}

/** What is being trained, in messages and in what is tracked. */
interface Trainee {
  name: string
  metric: string
  /** of what is judged, which is the better: the most of it, or the least */
  best: 'largest' | 'smallest'
}

/** One an epoch, as many losses as those that are in what the session holds at the end. */
export interface LearnedEpochs {
  losses: number[]
  judged: number[]
}

/**
 * Learn epoch by epoch, leave a checkpoint after each, and end with what was best on validation. A run that goes on from a
 * checkpoint ends as one that was never stopped.
 * @param learn one epoch, numbered from 0 on; its mean loss
 * @throws what `learn` throws; the last checkpoint is then of the epoch before
 */
export async function learnByEpoch<Of extends Session>(
  { name, metric, best: kind }: Trainee,
  session: Of,
  { epochs, stopAfter, patience }: Epochs,
  learn: (epoch: number) => Promise<number>,
  { log, track }: StepHandles,
  { checkpoint, judge }: NetworkRun<Of>,
): Promise<LearnedEpochs> {
  const losses: number[] = []
  const judged: number[] = []
  let best = new Float32Array(0)
  /** after how many epochs the value was best; the first of equal ones */
  const bestEpoch = () => judged.indexOf(kind === 'largest' ? Math.max(...judged) : Math.min(...judged)) + 1
  const resumed = (await checkpoint?.load()) ?? null
  if (resumed) {
    session.load(resumed.state)
    losses.push(...resumed.losses)
    judged.push(...resumed.state.judged)
    best = resumed.state.best.slice()
    log.info(`${name}: go on after epoch ${losses.length} of ${epochs}`)
  }
  const save = (isDone: boolean) =>
    checkpoint?.save(isDone, async () => ({
      losses,
      state: { ...session.state(), judged: Float32Array.from(judged), best },
    }))
  const last = Math.min(epochs, stopAfter ?? epochs)
  while (losses.length < last && !resumed?.isDone) {
    losses.push(await learn(losses.length))
    track({ [`${metric}.loss`]: losses.at(-1)! }, losses.length)
    if (judge) {
      // as a checkpoint holds it, so that a run that goes on compares the same numbers
      judged.push(Math.fround(await judge(session)))
      track({ [`${metric}.validation`]: judged.at(-1)! }, losses.length)
      if (bestEpoch() === judged.length) best = session.state().learned as Float32Array<ArrayBuffer>
    }
    const value = judge ? `, ${judged.at(-1)!.toFixed(4)} on validation` : ''
    log.info(`${name}: epoch ${losses.length} of ${epochs}, loss ${losses.at(-1)!.toFixed(4)}${value}`)
    if (patience !== null && judged.length - bestEpoch() >= patience) break
    if (losses.length < last) await save(false)
  }
  await save(true)
  if (judged.length > 0 && bestEpoch() < judged.length) {
    session.load({ learned: best, moments: session.state().moments })
    losses.length = bestEpoch()
    log.info(`${name}: best on validation after epoch ${losses.length}`)
  }
  return { losses, judged }
}
