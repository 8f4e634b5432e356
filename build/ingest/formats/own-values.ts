/** SQL of the values of one's own tables: a column's name in the file, its type, and what it means to us. */
export interface Column {
  name: string
  /** VARCHAR in a text file */
  type: string
}

/** whole days or seconds of UTC; DuckDB would read past another time zone and be hours off */
const DATE_TIME = String.raw`^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?( ?UTC|Z)?$`

/** An id as text: trimmed, NULL when there is nothing; 7.0, as tools with gaps in a column write it, is 7. */
export function idText({ name, type }: Column): string {
  const column = sqlName(name)
  const text = isFraction(type)
    ? `CASE WHEN ${column} = trunc(${column}) THEN try_cast(${column} AS BIGINT)::VARCHAR ELSE ${column}::VARCHAR END`
    : `${column}::VARCHAR`
  return `CASE WHEN NOT contains(${text}, chr(0)) THEN nullif(trim(${text}), '') END`
}

/** Seconds since 1970, from whole seconds, or a date and time of UTC. */
export function secondsOf({ name, type }: Column): string {
  const column = sqlName(name)
  if (type.startsWith('TIMESTAMP') || type === 'DATE') return `try_cast(floor(epoch(${column})) AS BIGINT)`
  const number = `try_cast(${column} AS DOUBLE)`
  const whole = `CASE WHEN ${number} = trunc(${number}) THEN try_cast(${number} AS BIGINT) END`
  if (type !== 'VARCHAR') return whole
  const date = `CASE WHEN regexp_matches(trim(${column}), '${DATE_TIME}') THEN try_cast(${column} AS TIMESTAMP) END`
  return `coalesce(${whole}, try_cast(floor(epoch(${date})) AS BIGINT))`
}

/** The year that a number or a date begins with; 0 where there is none. */
export function yearOf({ name }: Column): string {
  return String.raw`coalesce(try_cast(regexp_extract(${sqlName(name)}::VARCHAR, '^\s*(\d{4})', 1) AS SMALLINT), 0)`
}

/** A list from text that a separator divides, or from a list; without empty values. */
export function listOf({ name, type }: Column, separator: string): string {
  const column = sqlName(name)
  const values = type.endsWith('[]')
    ? `${column}::VARCHAR[]`
    : `string_split(coalesce(${column}::VARCHAR, ''), '${separator.replaceAll("'", "''")}')`
  return `list_filter(list_transform(${values}, lambda value: trim(value)), lambda value: value <> '')`
}

export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function isFraction(type: string): boolean {
  return type === 'DOUBLE' || type === 'FLOAT' || type.startsWith('DECIMAL')
}
