import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { table } from '../../build/io/table.ts'
import { readWranglerConfig, WRANGLER_FILE } from '../../build/io/wrangler-config.ts'
import { bundleWorker } from '../bundle-worker.ts'
import { processCpuMs } from './towers/process-cpu.ts'
import { median } from './train/rows.ts'

/**
 * What a vector of a history costs in workerd: `node scripts/bench/user-tower.ts [--factors 64,128] [--port 8796]`. CPU
 * milliseconds of the process for one vector of 50 movies by the tower that is configured by default, the median of rounds;
 * waiting for a busy machine is not in them.
 */
const ROOT = join(import.meta.dirname, '../..')
const TIMES = 2000
const ROUNDS = 5

const { values: options } = parseArgs({
  options: { factors: { type: 'string', default: '64,128' }, port: { type: 'string', default: '8796' } },
})
const folder = mkdtempSync(join(tmpdir(), 'bench-user-tower-'))
const url = `http://127.0.0.1:${options.port}`
const workerd = await startWorker()
try {
  const rows: string[][] = []
  for (const factors of options.factors.split(',').map(Number)) {
    const spent: number[] = []
    await ask(factors, TIMES)
    for (let round = 0; round < ROUNDS; round++) {
      const before = processCpuMs(workerd.pid!)
      await ask(factors, TIMES)
      spent.push((processCpuMs(workerd.pid!) - before) / TIMES)
    }
    rows.push([String(factors), median(spent).toFixed(3), Math.min(...spent).toFixed(3), Math.max(...spent).toFixed(3)])
  }
  console.log(table(['factors', 'CPU ms a vector', 'least', 'most'], rows))
} finally {
  const ended = once(workerd, 'exit')
  workerd.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
}

async function ask(factors: number, times: number): Promise<void> {
  const answer = await fetch(`${url}/?factors=${factors}&times=${times}`)
  if (!answer.ok) throw new Error(`the worker answered ${answer.status}: ${await answer.text()}`)
  await answer.text()
}

async function startWorker() {
  const { modules } = await bundleWorker(join(import.meta.dirname, 'towers/worker.ts'))
  const { compatibility_date: date } = await readWranglerConfig(WRANGLER_FILE)
  writeFileSync(join(folder, 'worker.js'), modules[0]!.contents)
  writeFileSync(
    join(folder, 'workerd.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  sockets = [(name = "http", address = "127.0.0.1:${options.port}", http = (), service = "tower")],
  services = [(name = "tower", worker = (compatibilityDate = "${date}", modules = [(name = "worker.js", esModule = embed "worker.js")]))],
);
`,
  )
  const binary = join(ROOT, 'node_modules/workerd/bin/workerd')
  const child = spawn(binary, ['serve', 'workerd.capnp'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  while (!(await answers())) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`workerd ended with ${child.signalCode ?? `code ${child.exitCode}`} before it listened`)
    await sleep(20)
  }
  return child
}

function answers(): Promise<boolean> {
  return ask(8, 0).then(
    () => true,
    () => false,
  )
}
