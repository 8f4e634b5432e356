import type { DataConfig } from '#core/schemas/config.ts'
import { DataError } from '../../io/files.ts'
import type { Log } from '../../io/handles.ts'
import type { SourceReport } from '../../nouns.ts'
import type { Dropped, Kind, Staged } from '../reader.ts'

/** without a row of these there is nothing to learn from */
const NEEDED: readonly Kind[] = ['ratings', 'movies']

/**
 * Say what was dropped of a file, and whether the rest is good enough.
 * @throws {DataError} when no row is left, or bad rows are a larger share than `maxBadRowShare`
 */
export function judge(staged: Staged, broken: readonly Dropped[], config: DataConfig, log: Log): SourceReport {
  const { file } = staged
  const dropped = [...staged.rejected, ...broken]
  const rowsRead = staged.rows + sum(staged.rejected)
  const rowsKept = staged.rows - sum(broken)
  const bad = dropped.filter((reason) => reason.bad)
  const share = sum(bad) / rowsRead

  if (rowsRead === 0 && NEEDED.includes(staged.kind))
    throw new DataError(`${file}: found no rows, expected ${staged.kind}`)
  if (share > config.maxBadRowShare)
    throw new DataError(
      `${file}: ${sum(bad)} of ${rowsRead} rows cannot be used (${percent(share)}), ` +
        `expected at most ${percent(config.maxBadRowShare)} (data.maxBadRowShare)\n${lines(file, bad)}`,
    )
  if (rowsRead > 0 && rowsKept === 0)
    throw new DataError(`${file}: none of the ${rowsRead} rows can be used\n${lines(file, dropped)}`)

  if (rowsRead === 0) log.warn(`${file}: no rows`)
  for (const reason of dropped) {
    const summary = `${file}: ${reason.rows} of ${rowsRead} rows left out: ${reason.reason}`
    if (reason.bad) log.warn(`${summary}\n${lines(file, [reason])}`)
    else log.info(summary)
  }
  return {
    file,
    sizeBytes: staged.sizeBytes,
    sha256: staged.sha256,
    rowsRead,
    rowsKept,
    dropped: Object.fromEntries(dropped.map(({ reason, rows }) => [reason, rows])),
  }
}

function lines(file: string, dropped: readonly Dropped[]): string {
  return dropped
    .flatMap(({ first }) => first)
    .sort((a, b) => a.line - b.line)
    .map(({ file: part = file, line, found, expected }) => `  ${part}:${line}: found ${found}, expected ${expected}`)
    .join('\n')
}

function sum(dropped: readonly Dropped[]): number {
  return dropped.reduce((rows, reason) => rows + reason.rows, 0)
}

/** Up to four digits that mean something: 0.1 %, 33.33 %, 0.0125 %. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}
