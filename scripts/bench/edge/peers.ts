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
const START_TIMEOUT_MS = 60_000

export const EDGE_PEERS = ['plain-javascript', 'fastapi-numpy'] as const
export type EdgePeer = (typeof EDGE_PEERS)[number]

/** A server that answers POST /recommend/history by the same factors in float32; gone with `stop`. */
export async function startPeer(
  peer: EdgePeer,
  modelFolder: string,
  port: number,
  { venv, python }: { venv: string; python: string },
): Promise<{ url: URL; process: ChildProcess; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-edge-'))
  const factors = String(writeFactors(modelFolder, folder))
  const file = (name: string) => join(import.meta.dirname, name)
  const child: ChildProcess =
    peer === 'fastapi-numpy'
      ? spawn(pythonWith(venv, PACKAGES, python), [file('peer.fastapi.py'), folder, String(port), factors], {
          stdio: 'inherit',
        })
      : spawn(process.execPath, [file('peer.plain.ts'), folder, String(port), factors], { stdio: 'inherit' })
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
