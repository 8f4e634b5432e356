import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../build/io/table.ts'

/**
 * Raw CSV to split Parquet tables with features, as whole processes from start to exit: seconds, MB of input a second,
 * and the most memory (VmHWM of the process and its children, from /proc: Linux only).
 *   node scripts/bench/prepare.ts [--data DIR] [--json FILE] [--rounds 1] [--peer PYTHON]
 * --data has ratings.csv and movies.csv; without it, ml-32m's shape at a tenth is drawn (make-data.ts). The peer is
 * prepare.pandas.py, what one would write with `pip install pandas==3.1.1 pyarrow==26.0.1`; rounds alternate.
 */
const POLL_MS = 25
/** USER_HZ of Linux on every platform that Node runs on */
const TICKS_A_SECOND = 100

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    peer: { type: 'string' },
  },
})

interface Run {
  seconds: number
  /** of all threads: what the run costs, whoever else keeps the machine busy */
  cpuSeconds: number
  peakBytes: number
}

const scratch = mkdtempSync(join(tmpdir(), 'bench-prepare-'))
try {
  const data = resolve(options.data ?? (await drawData(join(scratch, 'data'))))
  const inputBytes = readdirSync(data).reduce((sum, name) => sum + statSync(join(data, name)).size, 0)
  const marquee = join(import.meta.dirname, '..', 'marquee.js')
  const contenders: [name: string, command: (output: string) => string[]][] = [
    ['marquee', (output) => [process.execPath, marquee, 'prepare', '--input', data, '--output', output]],
  ]
  if (options.peer) {
    const [python, script] = [options.peer, join(import.meta.dirname, 'prepare.pandas.py')]
    contenders.push(['pandas', (output) => [python, script, data, output]])
  }

  const runs = new Map(contenders.map(([name]) => [name, [] as Run[]]))
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [name, command] of contenders) {
      const output = join(scratch, name)
      runs.get(name)!.push(await measure(command(output)))
      rmSync(output, { recursive: true, force: true })
    }
  report(runs, inputBytes)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function drawData(folder: string): Promise<string> {
  const script = join(import.meta.dirname, 'make-data.ts')
  await finished(spawn(process.execPath, [script, '--like', 'ml-32m', '--scale', '0.1', '--output', folder]))
  return folder
}

/** @throws {Error} with what the command wrote, when it fails */
async function measure([program, ...rest]: string[]): Promise<Run> {
  const start = performance.now()
  const child = spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'] })
  let peakBytes = 0
  let cpuSeconds = 0
  const poll = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid!))
    cpuSeconds = Math.max(cpuSeconds, cpuSecondsOf(child.pid!))
  }, POLL_MS)
  try {
    await finished(child)
    return { seconds: (performance.now() - start) / 1000, cpuSeconds, peakBytes }
  } finally {
    clearInterval(poll)
  }
}

function finished(child: ChildProcess): Promise<void> {
  const written: string[] = []
  child.stderr?.on('data', (piece) => written.push(String(piece)))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`${child.spawnargs.join(' ')} ended with ${code}:\n${written.join('')}`)),
    )
  })
}

/** High-water mark of a process together with its children's; 0 when it has just ended. */
function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
    const own = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
    return children.reduce((sum, child) => sum + peakOf(Number(child)), own)
  } catch {
    return 0
  }
}

/** User and system time of a process; 0 when it has just ended. */
function cpuSecondsOf(pid: number): number {
  try {
    // the fields after the name, which stands in brackets and may hold anything
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
  } catch {
    return 0
  }
}

function report(runs: ReadonlyMap<string, readonly Run[]>, inputBytes: number): void {
  const rows = [...runs].map(([what, all]) => {
    const best = all.reduce((least, run) => (run.seconds < least.seconds ? run : least))
    const meanSeconds = all.reduce((sum, { seconds }) => sum + seconds, 0) / all.length
    const peakBytes = Math.max(...all.map((run) => run.peakBytes))
    return {
      what,
      seconds: best.seconds,
      cpuSeconds: best.cpuSeconds,
      meanSeconds,
      megabytesPerSecond: inputBytes / 1e6 / best.seconds,
      peakBytes,
    }
  })
  const ours = rows[0]!
  console.log(
    `${(inputBytes / 1e6).toFixed(0)} MB of CSV; seconds of the fastest run and the mean of ${options.rounds}\n`,
  )
  console.log(
    table(
      ['', 'fastest s', 'its CPU s', 'mean s', 'MB/s', 'peak GB', 'times ours'],
      rows.map(({ what, seconds, cpuSeconds, meanSeconds, megabytesPerSecond, peakBytes }) => [
        what,
        seconds.toFixed(1),
        cpuSeconds.toFixed(1),
        meanSeconds.toFixed(1),
        megabytesPerSecond.toFixed(1),
        (peakBytes / 1e9).toFixed(2),
        (seconds / ours.seconds).toFixed(2),
      ]),
    ),
  )
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ inputBytes, runs: rows }, null, 2)}\n`)
}
