import { fieldBytes, LAYER_FIELDS } from '#core/kernels/train/neural.ts'
import type { RandomSource } from '#core/random.ts'
import type { Engine, MemoryPlan } from '../engine.ts'

/** A layer in a shared memory: views on what it has learned. */
export interface NetworkLayer {
  inputs: number
  outputs: number
  /** inputs × outputs, row-major, and the same by columns, which the way back reads */
  weights: Float32Array
  transposed: Float32Array
  bias: Float32Array
}

export interface OpenedLayers {
  layers: NetworkLayer[]
  /** of each layer's weights, then of its bias */
  moments: Float32Array[]
  /** of the last layer: rows × its outputs; none where no rows go through on their own */
  outputs: Float32Array
}

/** Layers that have their place in a memory to come. */
export interface PlacedLayers {
  count: number
  /** of the first one's block; those of the others stand behind it */
  address: number
  /** Writes the blocks. */
  open(engine: Engine): OpenedLayers
}

/**
 * Lay out layers with their moments, and what goes through them forth and back.
 * @param widths inputs of the first layer, then the outputs of each; a single one: no layers
 * @param rows of a batch; 0 where the kernels keep what goes through in their scratch
 */
export function placeLayers(plan: MemoryPlan, widths: readonly number[], rows: number): PlacedLayers {
  const words = (count: number) => plan.place(count * 4)
  const placed = widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer]!
    return {
      ...{ inputs, outputs },
      ...{ weights: words(inputs * outputs), transposed: words(inputs * outputs), bias: words(outputs) },
      ...{ moments: words(2 * inputs * outputs), biasMoments: words(2 * outputs) },
      ...{ activations: words(rows * outputs), gradients: words(rows * outputs) },
    }
  })
  const blockWords = Object.keys(LAYER_FIELDS).length
  const address = words(placed.length * blockWords)
  return {
    ...{ count: placed.length, address },
    open(engine) {
      for (const [number, layer] of placed.entries())
        engine.u32(address + number * blockWords * 4, blockWords).set(fieldBytes(LAYER_FIELDS, layer))
      const last = placed.at(-1)
      return {
        layers: placed.map(({ inputs, outputs, weights, transposed, bias }) => ({
          ...{ inputs, outputs },
          weights: engine.f32(weights, inputs * outputs),
          transposed: engine.f32(transposed, inputs * outputs),
          bias: engine.f32(bias, outputs),
        })),
        moments: placed.flatMap(({ inputs, outputs, moments, biasMoments }) => [
          engine.f32(moments, 2 * inputs * outputs),
          engine.f32(biasMoments, 2 * outputs),
        ]),
        outputs: last ? engine.f32(last.activations, rows * last.outputs) : new Float32Array(0),
      }
    },
  }
}

/** Weights as they are drawn at the start: half of what comes in gets through a ReLU (He et al. 2015). Biases are 0. */
export function drawLayer(layer: NetworkLayer, { normal }: RandomSource, scale = 1): void {
  const deviation = scale * Math.sqrt(2 / layer.inputs)
  for (let at = 0; at < layer.weights.length; at++) layer.weights[at] = deviation * normal()
  transpose(layer)
}

export function transpose({ inputs, outputs, weights, transposed }: NetworkLayer): void {
  for (let row = 0; row < inputs; row++)
    for (let column = 0; column < outputs; column++)
      transposed[column * inputs + row] = weights[row * outputs + column]!
}

/** What was learned, as copies. */
export function copiedLayers(layers: readonly NetworkLayer[]): Omit<NetworkLayer, 'transposed'>[] {
  return layers.map(({ inputs, outputs, weights, bias }) => ({
    ...{ inputs, outputs, weights: weights.slice(), bias: bias.slice() },
  }))
}
