import { expect, test } from 'vitest'
import { type WorkerdSetup, workerdConfig } from '../../../scripts/serve/workerd-config.ts'

const module = { type: 'ESModule' as const, name: 'index.js', file: 'index.js' }
const SETUP: WorkerdSetup = {
  address: '127.0.0.1:8787',
  compatibilityDate: '2026-10-20',
  compatibilityFlags: ['enable_request_signal'],
  vars: { LLM_BASE_URL: '' },
  modelsDir: '/models',
  databaseDir: '/database',
  migrations: [],
  worker: [module],
  bucket: [module],
  database: [module],
}

test('the Worker has the flags of wrangler.toml', () => {
  expect(workerdConfig(SETUP)).toContain('compatibilityFlags = ["enable_request_signal"]')
})

test('only with a language model may it connect to this machine and its network', () => {
  expect(workerdConfig(SETUP)).not.toContain('allow =')
  const config = workerdConfig({ ...SETUP, vars: { LLM_BASE_URL: 'http://127.0.0.1:8080' } })
  expect(config).toContain('(name = "internet", network = (allow = ["public", "private"]')
})
