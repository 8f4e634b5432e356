import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCatalog } from '#core/format/catalog.ts'
import { openTable } from '#core/format/open-table.ts'
import { FACTORS } from '#core/format/tables.ts'
import { pythonWith } from '../../python-environment.ts'

/** From PyPI. */
const PACKAGES = ['fastapi==0.165.0', 'uvicorn==0.54.0', 'numpy==2.4.6']
const WORKERD = join(import.meta.dirname, '../../../node_modules/workerd/bin/workerd')
const START_TIMEOUT_MS = 60_000

/** The first is no peer but what no Worker goes below: it reads the same requests and answers always the same bytes. */
export const EDGE_PEERS = ['nothing-computed', 'plain-javascript', 'fastapi-numpy'] as const
export type EdgePeer = (typeof EDGE_PEERS)[number]

export interface PeerOptions {
  modelFolder: string
  port: number
  venv: string
  python: string
  /** one of Marquee's */
  answer: string
}

/** A server that answers POST /recommend/history, by the same factors in float32 but for the first; gone with `stop`. */
export async function startPeer(
  peer: EdgePeer,
  { modelFolder, port, venv, python, answer }: PeerOptions,
): Promise<{ url: URL; process: ChildProcess; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-edge-'))
  const [command, args] = commandOf(peer)
  const child: ChildProcess = spawn(command, args, { stdio: 'inherit' })
  const url = new URL(`http://127.0.0.1:${port}`)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill()
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  const deadline = performance.now() + START_TIMEOUT_MS
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop()
      throw new Error(`the peer ${peer} does not answer on ${url}`)
    }
    await sleep(50)
  }
  return { url, process: child, stop }

  function commandOf(peer: EdgePeer): [command: string, args: string[]] {
    if (peer === 'nothing-computed') return [WORKERD, ['serve', writeFloor(folder, port, answer)]]
    const args = [folder, String(port), String(writeFactors(modelFolder, folder))]
    const file = (name: string) => join(import.meta.dirname, name)
    return peer === 'plain-javascript'
      ? [process.execPath, [file('peer.plain.ts'), ...args]]
      : [pythonWith(venv, PACKAGES, python), [file('peer.fastapi.py'), ...args]]
  }
}

/** @returns the config file */
function writeFloor(folder: string, port: number, answer: string): string {
  writeFileSync(join(folder, 'answer.json'), answer)
  writeFileSync(
    join(folder, 'floor.js'),
    `import answer from 'answer.json'
export default {
  async fetch(request) {
    if (request.method === 'POST') JSON.parse(await request.text())
    return new Response(answer, { headers: { 'content-type': 'application/json' } })
  },
}
`,
  )
  const configFile = join(folder, 'floor.capnp')
  writeFileSync(
    configFile,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "floor", worker = (
    modules = [(name = "floor.js", esModule = embed "floor.js"), (name = "answer.json", text = embed "answer.json")],
    compatibilityDate = "2025-11-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "floor")],
);
`,
  )
  return configFile
}

/** What the peers read: factors.f32, row-major, and movieIds.i32. @returns factors a movie */
function writeFactors(modelFolder: string, folder: string): number {
  const bytes = (name: string) => new Uint8Array(readFileSync(join(modelFolder, name)))
  const table = openTable('factors.arrow', bytes('factors.arrow'), FACTORS)
  const { values, size } = table.fixed<Int8Array>('quantized')
  const scales = table.numbers<Float32Array>('scale')
  const factors = Float32Array.from(values, (value, at) => value * scales[Math.floor(at / size)]!)
  const { movieIds } = openCatalog(bytes('catalog.arrow'))
  writeFileSync(join(folder, 'factors.f32'), new Uint8Array(factors.buffer))
  writeFileSync(join(folder, 'movieIds.i32'), new Uint8Array(movieIds.slice().buffer))
  return size
}
