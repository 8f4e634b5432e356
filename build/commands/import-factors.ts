import { resolve } from 'node:path'
import { type BuildFlags, buildCommand, type Surroundings } from './index.ts'

export interface ImportFactorsFlags extends Omit<BuildFlags, 'until'> {
  itemIds?: string
  until?: BuildFlags['until']
}

/** The pipeline with item factors that another engine learned in the place of training; prints what came out. */
export async function importFactorsCommand(
  path: string,
  { itemIds, until = 'publish', ...flags }: ImportFactorsFlags,
  surroundings: Surroundings,
): Promise<void> {
  const { cwd } = surroundings
  const imported = {
    path: resolve(cwd, path),
    itemIds: itemIds === undefined ? null : resolve(cwd, itemIds),
  }
  await buildCommand({ ...flags, until }, surroundings, { imported })
}
