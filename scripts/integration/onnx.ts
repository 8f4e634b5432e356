import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { randomSource } from '#core/random.ts'
import { towerReach, towerVector, type UserTower } from '#core/scoring/user-tower.ts'
import { towerOnnx } from '../../build/export/index.ts'
import { pythonWith } from '../python-environment.ts'

/**
 * Two towers written as ONNX, computed by onnxruntime, beside the code that serves them: drawn networks, with and without a
 * layer norm, for histories of no movie to more than the tower sees. Fails where a score is off by more than rounding.
 *   node scripts/integration/onnx.ts [--venv DIR]
 * --venv is a Python environment to use and, where there is none yet, to make (about 150 MB, from PyPI); without it, one is
 * made in the system's temporary folder and removed.
 */
const PACKAGES = ['numpy==2.4.1', 'onnxruntime==1.31.1']
const [ITEMS, FACTORS, USERS] = [200, 16, 50]
const RATING_EXPONENT = 1.5
/** Of the largest score: sums of some hundred products in f32, in another order. */
const TOLERANCE = 2e-6

const { values: options } = parseArgs({ options: { venv: { type: 'string' } } })
const scratch = mkdtempSync(join(tmpdir(), 'integration-onnx-'))
try {
  const python = pythonWith(resolve(options.venv ?? join(scratch, 'venv')), PACKAGES)
  const worst = [false, true].map((layerNorm) => compare(python, layerNorm))
  console.log(`largest difference ${Math.max(...worst).toExponential(1)} of the largest score`)
  if (worst.some((share) => !(share < TOLERANCE))) process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** @returns the largest difference, as a share of the largest score */
function compare(python: string, layerNorm: boolean): number {
  const { normal, uniform } = randomSource(42)
  const tower = drawTower(layerNorm, normal)
  const itemVectors = Float32Array.from({ length: ITEMS * FACTORS }, normal)
  const reach = towerReach(tower)
  const users = Array.from({ length: USERS }, () => {
    const items = Array.from({ length: Math.floor((reach + 1) * uniform()) }, () => Math.floor(ITEMS * uniform()))
    return { items, stars: items.map(() => Math.ceil(10 * uniform()) / 2) }
  })
  const padded = (values: number[]) => [...new Array(reach - values.length).fill(0), ...values]
  const [graph, inputs, outputs] = ['graph.onnx', 'inputs.json', 'outputs.json'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(graph, towerOnnx(tower, RATING_EXPONENT, itemVectors))
  const given = { items: users.map(({ items }) => padded(items)), stars: users.map(({ stars }) => padded(stars)) }
  writeFileSync(inputs, JSON.stringify(given))
  const script = join(import.meta.dirname, 'onnx.runtime.py')
  const { status, stderr } = spawnSync(python, [script, graph, inputs, outputs], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`onnxruntime: ${stderr.slice(-2000)}`)
  const { scores } = JSON.parse(readFileSync(outputs, 'utf8')) as { scores: number[][] }

  let [largest, furthest] = [0, 0]
  for (const [user, { items, stars }] of users.entries()) {
    const strengths = stars.map((value) => value ** RATING_EXPONENT)
    const vector = towerVector(tower, items, strengths)
    for (let item = 0; item < ITEMS; item++) {
      const served = vector.reduce((sum, value, k) => sum + value * itemVectors[item * FACTORS + k]!, 0)
      largest = Math.max(largest, Math.abs(served))
      furthest = Math.max(furthest, Math.abs(served - scores[user]![item]!))
    }
  }
  return furthest / largest
}

function drawTower(layerNorm: boolean, normal: () => number): UserTower {
  const scales = [
    { length: 6, recencyHalfLife: 1.5 },
    { length: 20, recencyHalfLife: 12 },
  ]
  const widths = [scales.length * FACTORS, 32, FACTORS]
  const drawn = (length: number, scale: number) => Float32Array.from({ length }, () => scale * normal())
  return {
    ...{ factors: FACTORS, scales, layerNorm },
    history: Int8Array.from({ length: ITEMS * FACTORS }, () => Math.max(-127, Math.min(127, 40 * normal()))),
    historyScales: new Float32Array(ITEMS).fill(0.02),
    layers: widths.slice(1).map((outputs, number) => {
      const inputs = widths[number]!
      return { inputs, outputs, weights: drawn(inputs * outputs, Math.sqrt(2 / inputs)), bias: drawn(outputs, 0.1) }
    }),
  }
}
