import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchData } from './data.ts'

/** What the peers are, from PyPI. */
export const PEERS = ['implicit==0.7.3', 'scipy==1.17.1', 'numpy==2.4.6']

/** Data and start on disk, so that a peer reads them; gone with `close`. */
export interface Peer {
  /**
   * Run Python with numpy, scipy, implicit, `likes` (CSR of ones), `threads` and `folder` in place.
   * @returns what the script gave to `answer(...)`, from JSON
   */
  run(script: string): unknown
  put(name: string, values: Float32Array | Int32Array | Uint32Array): void
  floats(name: string): Float32Array
  close(): void
}

export function openPeer(python: string, data: BenchData, threads: number): Peer {
  const folder = mkdtempSync(join(tmpdir(), 'bench-train-'))
  const put: Peer['put'] = (name, values) =>
    writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  put('indptr', data.likes.indptr)
  put('indices', data.likes.indices)
  const preamble = `
import json, os, time, numpy, scipy.sparse, implicit
folder, threads = ${JSON.stringify(folder)}, ${threads}
def load(name, dtype): return numpy.fromfile(os.path.join(folder, name), dtype=dtype)
likes = scipy.sparse.csr_matrix((numpy.ones(${data.likes.indices.length}, dtype=numpy.float32),
    load("indices", numpy.int32), load("indptr", numpy.int32)), shape=(${data.numUsers}, ${data.numItems}))
def answer(value): json.dump(value, open(os.path.join(folder, "answer"), "w"))
`
  return {
    put,
    run(script) {
      runPython(python, ['-c', preamble + script])
      return JSON.parse(readFileSync(join(folder, 'answer'), 'utf8'))
    },
    floats(name) {
      const bytes = readFileSync(join(folder, name))
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function runPython(python: string, args: string[]): void {
  // implicit has threads of its own, and asks that the BLAS below has none
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
  const ran = spawnSync(python, args, { encoding: 'utf8', env })
  if (ran.status !== 0) throw new Error(`${python} ${args[0]} ${args[1]?.slice(0, 40)}: ${ran.stderr || ran.error}`)
}
