import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { openFolder } from '../batch/index.ts'
import { ConfigError } from '../config/load-config.ts'
import { builtModel } from '../evaluate/index.ts'
import { towerOnnx } from '../export/index.ts'
import { configOf, type Surroundings } from './index.ts'

export interface ExportOnnxFlags {
  config?: string
  model?: string
}

/**
 * Write the two towers of a built model as ONNX, and beside it which movie each row is.
 * @throws {ConfigError} for a model that folds histories in
 */
export async function exportOnnxCommand(
  file: string,
  flags: ExportOnnxFlags,
  { cwd, stdout }: Surroundings,
): Promise<void> {
  const { artifacts } = configOf(flags, cwd, {}).project
  const folder = await builtModel(artifacts, flags.model)
  if (!folder) throw new ConfigError(`${artifacts}: found no model; "marquee build" makes one`)
  const { tower, kernels, catalog } = openFolder(folder).model
  if (!tower) throw new ConfigError(`${folder}: found a model without towers, expected one of model.cf.type two_tower`)
  const itemVectors = new Float32Array(catalog.numItems * tower.factors)
  for (let item = 0; item < catalog.numItems; item++) itemVectors.set(kernels.itemFactors(item), item * tower.factors)
  const [graphFile, moviesFile] = [resolve(cwd, file), resolve(cwd, `${file}.movies.csv`)]
  mkdirSync(dirname(graphFile), { recursive: true })
  const graph = towerOnnx(tower, tower.ratingExponent, itemVectors)
  writeFileSync(graphFile, graph)
  const rows = Array.from(
    catalog.movieIds,
    (movieId, row) => `${row},${movieId},${Number(tower.historyScales[row]! > 0)}\n`,
  )
  writeFileSync(moviesFile, `row,movieId,saysSomething\n${rows.join('')}`)
  stdout.write(`${relative(cwd, graphFile)}: ${graph.length} bytes, ${catalog.numItems} movies\n`)
}

export function addExportOnnxCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('export-onnx')
    .description('write the two towers of a built model as ONNX, for other runtimes')
    .argument('<file>', 'where it goes; which movie each row is goes to <file>.movies.csv')
    .option('--config <file>', 'YAML file (default: config/config.yml)')
    .option('--model <buildId>', 'which (default: the model built last)')
    .action((file: string, flags: ExportOnnxFlags) => exportOnnxCommand(file, flags, surroundings))
}
