import { createHash } from 'node:crypto'
import { trainTowers } from '../../build/train/neural/train-towers.ts'
import { randomMatrix } from './random.ts'
import { stepHandles } from './step-handles.ts'

/** `node tests/helpers/print-towers.ts`: what two small towers learn in one thread, as a hash: the same for the same bits. */

const [USERS, LENGTH, ITEMS, WIDTH] = [40, 10, 60, 24]
const indptr = Uint32Array.from({ length: USERS + 1 }, (_, user) => user * LENGTH)
const indices = Int32Array.from({ length: USERS * LENGTH }, (_, place) => (7 * place + (place % 11)) % ITEMS)
const examples = Uint32Array.from(indices.keys()).filter((place) => place % LENGTH > 0)
const { weights } = await trainTowers(
  {
    histories: { indptr, indices, strengths: new Float32Array(indices.length).fill(1) },
    numItems: ITEMS,
    features: { width: WIDTH, alike: 16, rows: randomMatrix(ITEMS, WIDTH, 5, 0.3) },
    examples,
    values: new Float32Array(examples.length).fill(1),
  },
  {
    ...{ factors: 16, scales: [{ length: 4, recencyHalfLife: 2 }], hidden: [32], joint: null, batch: 64, negatives: 0 },
    ...{ loss: 'softmax', logQ: true, mse: 0, diversity: 0.5, layerNorm: true, dropout: 0.2, idDropout: 0.1 },
    ...{ learningRate: 0.01, weightDecay: 0.01, epochs: 3, stopAfter: null, patience: null },
  },
  7,
  stepHandles(),
  { threads: 1 },
)
const hash = createHash('sha256')
for (const block of [weights.history, weights.embeddings, weights.projection, ...weights.layers.flatMap(Object.values)])
  if (block instanceof Float32Array) hash.update(new Uint8Array(block.buffer, block.byteOffset, block.byteLength))
console.log(hash.digest('hex'))
