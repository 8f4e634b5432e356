import { readFileSync } from 'node:fs'
import { type RerankEvidence, RerankFile } from '#core/schemas/manifest.ts'
import { DataError } from './files.ts'

/**
 * What `marquee evaluate --rerank --json` found of a language model.
 * @throws {DataError} for a file that is none of its, or holds no evidence
 */
export function readRerankEvidence(file: string): RerankEvidence {
  const where = `llm.rerankEvidence: ${file}`
  let report: unknown
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new DataError(`${where}: ${(cause as Error).message}`, { cause })
  }
  const result = RerankFile.safeParse(report)
  if (result.success) return result.data.evidence
  const [issue] = result.error.issues
  throw new DataError(
    `${where}: ${issue!.path.join('.') || 'file'}: ${issue!.message}; expected what "marquee evaluate --rerank --json" writes`,
  )
}
