#!/usr/bin/env node
// The `marquee` command. Plain JavaScript, so that an old Node can read it: the CLI is TypeScript, which Node
// runs as it is from 22.18 on. An older one hands over to the Node that `npm ci` put into node_modules.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
const root = fileURLToPath(new URL('..', import.meta.url))
const ownNode = join(root, 'node_modules', '.bin', 'node')

if (major > 22 || (major === 22 && minor >= 18)) {
  const { main } = await import('../build/cli.ts')
  await main({
    openLlm: async ({ log, signal }) => (await import('./language-model.ts')).languageModel(process.env, log, signal),
  })
} else if (existsSync(ownNode)) {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches the child too, being in the same group: wait for what it makes of it
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => process.exit(code ?? 1))
} else {
  console.error(`marquee: found Node ${process.versions.node}; expected 22.18 or newer (https://nodejs.org)`)
  process.exit(1)
}
