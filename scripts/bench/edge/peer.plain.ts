import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { invert } from '#core/scoring/invert.ts'
import { topK } from '#core/scoring/top-k.ts'

/**
 * The same scan in plain JavaScript: Node's HTTP server, float32 factors, loops. Like peer.fastapi.py it answers by the
 * factors alone. node peer.plain.ts FOLDER PORT FACTORS
 */
const [folder, port, factors] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, name))).buffer
const items = new Float32Array(bytesOf('factors.f32'))
const movieIds = new Int32Array(bytesOf('movieIds.i32'))
const rowOf = new Map(Array.from(movieIds, (movieId, row) => [movieId, row]))
const gramian = ridgeGramian()

createServer((request, response) => {
  if (request.method !== 'POST') return void response.writeHead(405).end()
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { history, k } = JSON.parse(Buffer.concat(chunks).toString()) as {
      history: { movieId: number; rating: number }[]
      k: number
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ items: recommend(history, k) }))
  })
}).listen(port, '127.0.0.1')

function recommend(history: { movieId: number; rating: number }[], k: number) {
  const known = history.filter(({ movieId }) => rowOf.has(movieId))
  const user = foldIn(known.filter(({ rating }) => rating >= 3.5).map(({ movieId }) => rowOf.get(movieId)!))
  const scores = new Float32Array(movieIds.length)
  for (let row = 0; row < movieIds.length; row++) {
    let sum = 0
    for (let f = 0; f < factors; f++) sum += items[row * factors + f]! * user[f]!
    scores[row] = sum
  }
  for (const { movieId } of known) scores[rowOf.get(movieId)!] = Number.NaN
  const best = topK(scores, k)
  return Array.from(best.items, (row, place) => ({ movieId: movieIds[row], score: best.scores[place] }))
}

/** (G + Σ yyᵀ)⁻¹ Σ y */
function foldIn(liked: number[]): Float64Array {
  const system = gramian.slice()
  const right = new Float64Array(factors)
  for (const row of liked) {
    const y = items.subarray(row * factors, (row + 1) * factors)
    for (let a = 0; a < factors; a++) {
      right[a]! += y[a]!
      for (let b = 0; b < factors; b++) system[a * factors + b]! += y[a]! * y[b]!
    }
  }
  const inverse = invert(system, factors)
  return right.map((_, a) => right.reduce((sum, value, b) => sum + inverse[a * factors + b]! * value, 0))
}

function ridgeGramian(): Float64Array {
  const sums = new Float64Array(factors * factors)
  for (let row = 0; row < movieIds.length; row++)
    for (let a = 0; a < factors; a++) {
      const value = 0.2 * items[row * factors + a]!
      for (let b = 0; b < factors; b++) sums[a * factors + b]! += value * items[row * factors + b]!
    }
  for (let a = 0; a < factors; a++) sums[a * factors + a]! += 4
  return sums
}
