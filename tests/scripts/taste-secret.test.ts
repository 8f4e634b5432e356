import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tasteSecret } from '../../scripts/taste-secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-secret-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('is made once, long enough, and readable by its owner alone', async () => {
  const state = join(folder, 'state')
  const secret = await tasteSecret(state)
  expect(secret.length).toBeGreaterThanOrEqual(32)
  expect(statSync(join(state, 'taste-secret')).mode & 0o777).toBe(0o600)
  expect(await tasteSecret(state)).toBe(secret)
  expect(await tasteSecret(join(folder, 'other'))).not.toBe(secret)
})
