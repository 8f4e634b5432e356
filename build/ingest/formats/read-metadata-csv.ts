import type { ReaderInput, Staged } from '../reader.ts'
import { inputFile } from '../staging/input-file.ts'
import { type MetadataRow, type Outcome, type Parsed, stageMetadata } from '../staging/stage-metadata.ts'
import { type CsvRecord, readCsvRecords } from '../text/csv-records.ts'

/** A column that must hold something holds something else; thrown by the parsers of rows, and counted by reason. */
export class RowError extends Error {
  override name = 'RowError'
  readonly reason: string

  constructor(reason: string, expected: string) {
    super(expected)
    this.reason = reason
  }
}

/** How the rows of one CSV file become rows of metadata. */
export interface MetadataCsv {
  /** columns that there must be */
  columns: readonly string[]
  /** @throws {RowError} */
  parse(fields: Record<string, string>): MetadataRow
}

/** Stage a CSV file whose columns are parsed in JavaScript. @throws {DataError} as `readCsvRecords` */
export async function readMetadataCsv(
  name: string,
  { columns, parse }: MetadataCsv,
  input: ReaderInput,
): Promise<Staged> {
  const file = await inputFile(name, input.scratch)
  return stageMetadata(file, outcomes(readCsvRecords(file, columns), parse), input)
}

async function* outcomes(records: AsyncIterable<CsvRecord>, parse: MetadataCsv['parse']): AsyncGenerator<Outcome> {
  for await (const record of records) {
    if (!('fields' in record)) yield record
    else yield { line: record.line, bytes: record.bytes, ...tryParse(record.fields, parse) }
  }
}

function tryParse(fields: Record<string, string>, parse: MetadataCsv['parse']): Parsed {
  try {
    return { row: parse(fields) }
  } catch (error) {
    if (!(error instanceof RowError)) throw error
    return { reason: error.reason, expected: error.message, bad: true }
  }
}
