import { readdirSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { readRatings } from '../../../build/experiments/named-split.ts'
import { handlesWithLog, temporaryFolder } from '../ingest/workspace.ts'

afterEach(() => vi.unstubAllEnvs())

test('data that cannot be read leaves nothing in the temporary folder', async () => {
  const folder = temporaryFolder()
  vi.stubEnv('TMPDIR', folder)
  const config = Config.parse({ data: { sources: [{ path: `${folder}/none` }] } })
  await expect(readRatings(config, handlesWithLog().handles)).rejects.toThrow('none: no such file or folder')
  expect(readdirSync(folder)).toEqual([])
})
