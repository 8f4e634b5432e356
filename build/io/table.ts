/**
 * Rows as aligned columns: a column of numbers stands to the right, text to the left.
 * @param header one title a column
 * @param rows cells as text, as many as the header has
 * @throws {RangeError} naming the first row of another length
 */
export function table(header: string[], rows: string[][]): string {
  const ragged = rows.findIndex((row) => row.length !== header.length)
  if (ragged >= 0)
    throw new RangeError(`row ${ragged} has ${rows[ragged]!.length} cells, the header has ${header.length}`)

  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  const numeric = header.map((_, column) => rows.every((row) => /^[-+±]?[\d.,]*( .*)?$/.test(row[column]!)))
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [
    line(header),
    widths
      .map((width) => '─'.repeat(width))
      .join('  ')
      .trimEnd(),
    ...rows.map(line),
  ].join('\n')
}

/** `1 user`, `2 users`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Of a long list of names so many are shown. */
const SHOWN_NAMES = 12

/** Names between commas; of a long list the first ones, and how many there are beside. */
export function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES
  return names.slice(0, SHOWN_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** A size to read: `812 B`, `4.2 kB`, `1.3 MB`. */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`
  const [unit, divisor] = size < 1e6 ? ['kB', 1e3] : size < 1e9 ? ['MB', 1e6] : ['GB', 1e9]
  return `${(size / (divisor as number)).toFixed(1)} ${unit}`
}
