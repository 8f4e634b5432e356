import { towerReach, type UserTower } from '#core/scoring/user-tower.ts'
import { encodeOnnx, type OnnxGraph, type OnnxNode } from './encode-onnx.ts'

/** Beside the variance of a layer norm, as in core/scoring/user-tower.ts. */
const NORM_EPSILON = 1e-5
/** A length that no pool has: what an empty history is divided by. */
const LEAST_LENGTH = 1e-30

/**
 * A two-tower network as it is served, as an ONNX graph: histories in, the users' vectors and their scores of all movies out.
 *   in  items int64 (users × reach): rows of movies that say something, the oldest first, anything in front of the first
 *       stars float (users × reach): theirs, 0 in front of the first
 *   out user float (users × factors), scores float (users × movies)
 * @param itemVectors v of each movie, numItems × factors
 */
export function towerOnnx(tower: UserTower, ratingExponent: number, itemVectors: Float32Array): Uint8Array {
  const { factors, scales, layerNorm, layers } = tower
  const numItems = itemVectors.length / factors
  const reach = towerReach(tower)
  const inputs = scales.length * factors
  const constants: OnnxGraph['constants'] = [
    { name: 'zero', shape: [], values: Float32Array.of(0) },
    { name: 'rating_exponent', shape: [], values: Float32Array.of(ratingExponent) },
    { name: 'least_length', shape: [], values: Float32Array.of(LEAST_LENGTH) },
    { name: 'scale_axis', shape: [1], values: BigInt64Array.of(1n) },
    { name: 'recency', shape: [1, scales.length, reach], values: recencyOf(tower, reach) },
    { name: 'history', shape: [numItems, factors], values: historyOf(tower) },
    ...(layerNorm ? [{ name: 'ones', shape: [inputs], values: new Float32Array(inputs).fill(1) }] : []),
    ...layers.flatMap((layer, number) => [
      { name: `weights_${number}`, shape: [layer.inputs, layer.outputs], values: layer.weights },
      { name: `bias_${number}`, shape: [layer.outputs], values: layer.bias },
    ]),
    { name: 'item_vectors', shape: [numItems, factors], values: itemVectors },
  ]
  const pools: OnnxNode[] = [
    { operator: 'Greater', inputs: ['stars', 'zero'], output: 'is_rated' },
    { operator: 'Pow', inputs: ['stars', 'rating_exponent'], output: 'powers' },
    { operator: 'Where', inputs: ['is_rated', 'powers', 'zero'], output: 'strengths' },
    // users × 1 × reach, by 1 × scales × reach
    { operator: 'Unsqueeze', inputs: ['strengths', 'scale_axis'], output: 'strengths_of_scale' },
    { operator: 'Mul', inputs: ['strengths_of_scale', 'recency'], output: 'weights' },
    { operator: 'ReduceL2', inputs: ['weights'], output: 'length', attributes: { axes: [2], keepdims: 1 } },
    { operator: 'Max', inputs: ['length', 'least_length'], output: 'divisor' },
    { operator: 'Div', inputs: ['weights', 'divisor'], output: 'unit_weights' },
    { operator: 'Gather', inputs: ['history', 'items'], output: 'said', attributes: { axis: 0 } },
    { operator: 'MatMul', inputs: ['unit_weights', 'said'], output: 'sums' },
    { operator: 'Flatten', inputs: ['sums'], output: layerNorm ? 'pools' : 'input_0', attributes: { axis: 1 } },
  ]
  if (layerNorm)
    pools.push({
      ...{ operator: 'LayerNormalization', inputs: ['pools', 'ones'], output: 'input_0' },
      floats: { epsilon: NORM_EPSILON },
    })
  const dense = layers.flatMap((_, number): OnnxNode[] => {
    const isLast = number === layers.length - 1
    const output = isLast ? 'user' : `sum_${number}`
    return [
      { operator: 'Gemm', inputs: [`input_${number}`, `weights_${number}`, `bias_${number}`], output },
      ...(isLast ? [] : [{ operator: 'Relu', inputs: [output], output: `input_${number + 1}` }]),
    ]
  })
  return encodeOnnx({
    name: 'two_towers',
    inputs: [
      { name: 'items', type: 'int64', shape: ['users', reach] },
      { name: 'stars', type: 'float', shape: ['users', reach] },
    ],
    outputs: [
      { name: 'user', type: 'float', shape: ['users', factors] },
      { name: 'scores', type: 'float', shape: ['users', numItems] },
    ],
    constants,
    nodes: [
      ...pools,
      ...dense,
      { operator: 'Gemm', inputs: ['user', 'item_vectors'], output: 'scores', attributes: { transB: 1 } },
    ],
  })
}

/** scales × reach: what the movie at a place counts beside its stars, the last place being the newest. */
function recencyOf({ scales }: UserTower, reach: number): Float32Array {
  return Float32Array.from({ length: scales.length * reach }, (_, at) => {
    const { length, recencyHalfLife } = scales[Math.floor(at / reach)]!
    const since = reach - 1 - (at % reach)
    return since < length ? 2 ** (-since / recencyHalfLife) : 0
  })
}

function historyOf({ history, historyScales, factors }: UserTower): Float32Array {
  return Float32Array.from(history, (value, at) => value * historyScales[Math.floor(at / factors)]!)
}
