import { crc32, deflateRawSync } from 'node:zlib'

/** An entry to be written; what is given beside path and contents is written as it stands, true or not. */
export interface EntryToZip {
  path: string
  contents: string | Buffer
  method?: number
  flags?: number
  crc32?: number
  sizeBytes?: number
  headerOffset?: number
  unixMode?: number
  /** sizes and offset in the zip64 extra field */
  zip64?: boolean
}

export interface ZipToMake {
  comment?: string
  /** the end record refers to a zip64 one */
  zip64?: boolean
}

/** A zip archive, as PKWARE's APPNOTE describes it. */
export function makeZip(entries: EntryToZip[], { comment = '', zip64 = false }: ZipToMake = {}): Buffer {
  const parts: Buffer[] = []
  const headers: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const contents = Buffer.from(entry.contents)
    const method = entry.method ?? 8
    const compressed = method === 8 ? deflateRawSync(contents) : contents
    const path = Buffer.from(entry.path)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(path.length, 26)
    const header = Buffer.alloc(46)
    header.writeUInt32LE(0x02014b50, 0)
    header.writeUInt16LE(entry.flags ?? 0, 8)
    header.writeUInt16LE(method, 10)
    header.writeUInt32LE(entry.crc32 ?? crc32(contents), 16)
    header.writeUInt16LE(path.length, 28)
    header.writeUInt32LE(((entry.unixMode ?? 0o100644) << 16) >>> 0, 38)
    const sizeBytes = entry.sizeBytes ?? contents.length
    const headerOffset = entry.headerOffset ?? offset
    const extra = entry.zip64 ? zip64Extra([sizeBytes, compressed.length, headerOffset]) : Buffer.alloc(0)
    header.writeUInt32LE(entry.zip64 ? 0xffffffff : compressed.length, 20)
    header.writeUInt32LE(entry.zip64 ? 0xffffffff : sizeBytes, 24)
    header.writeUInt32LE(entry.zip64 ? 0xffffffff : headerOffset, 42)
    header.writeUInt16LE(extra.length, 30)
    headers.push(header, path, extra)
    parts.push(local, path, compressed)
    offset += local.length + path.length + compressed.length
  }
  const directory = Buffer.concat(headers)
  const wide = zip64 ? zip64End(entries.length, directory.length, offset) : Buffer.alloc(0)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(zip64 ? 0xffff : entries.length, 10)
  end.writeUInt32LE(zip64 ? 0xffffffff : directory.length, 12)
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...parts, directory, wide, end, Buffer.from(comment, 'latin1')])
}

function zip64Extra(values: number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(8 * values.length, 2)
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  return extra
}

/** The zip64 end record and its locator. */
function zip64End(count: number, length: number, offset: number): Buffer {
  const record = Buffer.alloc(56 + 20)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(length), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  record.writeUInt32LE(0x07064b50, 56)
  record.writeBigUInt64LE(BigInt(offset + length), 56 + 8)
  return record
}
