import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BuildResult } from '../../build/index.ts'
import { table } from '../../build/io/table.ts'
import { pythonWith } from '../python-environment.ts'

/**
 * `marquee import-factors` against the engines themselves: a real Spark (local mode, wants Java 17) and a real implicit
 * learn from the tables that `marquee prepare` writes of the bundled sample, and what they saved is imported and judged.
 * Fails when imported factors are not clearly better than popularity.
 *   node scripts/integration/import-factors.ts [--venv DIR] [--factors 64]
 * --venv is a Python environment to use and, where there is none yet, to make (about 1 GB, from PyPI); without it, one
 * is made in the system's temporary folder and removed.
 */
const PACKAGES = [
  'implicit==0.7.3',
  'numpy==2.4.6',
  'pandas==3.1.1',
  'pyarrow==26.0.1',
  'pyspark==4.3.0',
  'scipy==1.17.1',
]
const METRICS = ['ndcg@10', 'recall@10', 'hitRate@10']

const { values: options } = parseArgs({
  options: { venv: { type: 'string' }, factors: { type: 'string', default: '64' } },
})

const scratch = mkdtempSync(join(tmpdir(), 'integration-import-'))
try {
  const python = pythonWith(resolve(options.venv ?? join(scratch, 'venv')), PACKAGES)
  const config = join(scratch, 'config.yml')
  writeFileSync(config, `project: { artifacts: ${JSON.stringify(join(scratch, 'artifacts'))} }\n`)
  marquee('prepare', '--config', config, '--output', join(scratch, 'tables'))

  const ratings = join(scratch, 'tables', 'ratings.parquet')
  const [spark, implicit] = [join(scratch, 'spark'), join(scratch, 'implicit')]
  run(python, join(import.meta.dirname, 'factors.spark.py'), ratings, spark, options.factors)
  run(python, join(import.meta.dirname, 'factors.implicit.py'), ratings, implicit, options.factors)

  const rows = [
    row('marquee, from train + validation', 'als', judged('evaluate', '--config', config)),
    row('Spark, from train', 'imported', judged('import-factors', spark, '--config', config, '--until', 'evaluate')),
    row(
      'implicit, from train',
      'imported',
      judged(
        ...['import-factors', `${implicit}.npz`, '--item-ids', `${implicit}.ids.txt`],
        ...['--config', config, '--until', 'evaluate'],
      ),
    ),
  ]
  console.log(table(['factors by', ...METRICS, '95 % interval of the first', 'popularity'], rows))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function marquee(...args: string[]): void {
  run(process.execPath, join(import.meta.dirname, '..', 'marquee.js'), ...args)
}

/** @throws {Error} with the end of what the program wrote, when it fails */
function run(program: string, ...args: string[]): void {
  console.error([program, ...args].join(' '))
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${error ?? `${stdout}${stderr}`.slice(-2000)}`)
}

function judged(...args: string[]): NonNullable<BuildResult['report']> {
  const json = join(scratch, 'result.json')
  marquee(...args, '--json', json)
  const { report } = JSON.parse(readFileSync(json, 'utf8')) as BuildResult
  if (report === null) throw new Error(`marquee ${args[0]} gave no report`)
  return report
}

/** @throws {Error} when the factors alone are not above popularity by more than their interval */
function row(name: string, model: string, { models }: ReturnType<typeof judged>): string[] {
  const [factors, popularity] = [model, 'popularity'].map((wanted) => models.find((found) => found.name === wanted)!)
  const { low, high } = factors!.metrics['ndcg@10']!
  const ofPopularity = popularity!.metrics['ndcg@10']!.mean
  if (low <= ofPopularity)
    throw new Error(
      `${name}: NDCG@10 from ${low.toFixed(4)} up, expected above popularity's ${ofPopularity.toFixed(4)}`,
    )
  const means = METRICS.map((metric) => factors!.metrics[metric]!.mean.toFixed(4))
  return [name, ...means, `${low.toFixed(4)} to ${high.toFixed(4)}`, ofPopularity.toFixed(4)]
}
