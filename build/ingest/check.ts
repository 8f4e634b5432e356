import type { DataConfig } from '#core/schemas/config.ts'
import type { Database } from '../io/database.ts'
import { DataError } from './data-error.ts'
import { type Dropped, STAGED_COLUMNS, type Staged } from './reader.ts'
import { type Rule, rulesOf, type Uniqueness } from './rules.ts'

/** rows shown of each reason */
const SHOWN_ROWS = 3

/**
 * Hold a staged table against the rules of its kind and delete the rows that break one.
 * One scan and one grouping when all is well; lines are looked up in the file only for rows that are shown.
 * @returns what was dropped, and why, the file's line with the first of each
 * @throws {DataError} when two rows claim the same key and neither can be chosen
 */
export async function check(staged: Staged, config: DataConfig, database: Database): Promise<Dropped[]> {
  const { rules, unique } = rulesOf(staged.kind, config.ratingScale)
  const broken = `${staged.table}_broken`
  // rule i breaks a row: (rowid, i)
  await database.run(`
    CREATE TABLE ${broken} AS
    SELECT row, rule FROM (SELECT rowid AS row, ${firstBroken(rules)} AS rule FROM ${staged.table})
    WHERE rule IS NOT NULL`)
  const reasons: Omit<Rule, 'where'>[] = [...rules]
  if (unique !== undefined) reasons.push(...(await checkUnique(staged, unique, broken, rules.length, database)))

  const counts = await database.rows<{ rule: number; rows: number }>(
    `SELECT rule, count(*) AS "rows" FROM ${broken} GROUP BY rule ORDER BY rule`,
  )
  const dropped: Dropped[] = []
  for (const { rule, rows } of counts) {
    const { reason, expected, bad } = reasons[rule]
    const first = await database.rows<{ row: number }>(
      `SELECT row FROM ${broken} WHERE rule = ${rule} ORDER BY row LIMIT ${SHOWN_ROWS}`,
    )
    const located = await staged.locate(first.map(({ row }) => row))
    dropped.push({ reason, rows, bad, first: located.map(({ line, text }) => ({ line, found: text, expected })) })
  }
  if (counts.length > 0) await database.run(`DELETE FROM ${staged.table} WHERE rowid IN (SELECT row FROM ${broken})`)
  await database.run(`DROP TABLE ${broken}`)
  return dropped
}

function firstBroken(rules: readonly Rule[]): string {
  return `CASE ${rules.map(({ where }, rule) => `WHEN ${where} THEN ${rule}`).join(' ')} END`
}

/** Rows that repeat the key of another are added to `broken`, as rule `nextRule` (the same again) or the one after. */
async function checkUnique(
  staged: Staged,
  unique: Uniqueness,
  broken: string,
  nextRule: number,
  database: Database,
): Promise<Omit<Rule, 'where'>[]> {
  const key = unique.key.map((name) => `"${name}"`).join(', ')
  const rows = `(SELECT *, rowid AS row FROM ${staged.table} WHERE rowid NOT IN (SELECT row FROM ${broken}))`
  const repeated = `${staged.table}_repeated`
  await database.run(`CREATE TABLE ${repeated} AS SELECT ${key} FROM ${rows} GROUP BY ${key} HAVING count(*) > 1`)
  const row = `{${Object.keys(STAGED_COLUMNS[staged.kind])
    .map((name) => `'${name}': "${name}"`)
    .join(', ')}}`
  await database.run(`
    CREATE TABLE ${repeated}_rows AS
    SELECT row, first_value(row) OVER kept AS kept, first_value(${row}) OVER kept IS NOT DISTINCT FROM ${row} AS same
    FROM ${rows} SEMI JOIN ${repeated} USING (${key})
    WINDOW kept AS (PARTITION BY ${key} ORDER BY ${unique.keep.replace('rowid', 'row')})`)
  if (unique.otherwise === 'refuse the file') await refuseConflicts(staged, unique, `${repeated}_rows`, database)
  await database.run(`
    INSERT INTO ${broken} SELECT row, CASE WHEN same THEN ${nextRule} ELSE ${nextRule + 1} END
    FROM ${repeated}_rows WHERE row <> kept`)
  await database.run(`DROP TABLE ${repeated}; DROP TABLE ${repeated}_rows`)
  const same = { reason: 'the same row again', expected: 'each row once', bad: false }
  return unique.otherwise === 'refuse the file' ? [same] : [same, unique.otherwise]
}

async function refuseConflicts(staged: Staged, unique: Uniqueness, table: string, database: Database): Promise<void> {
  const [conflict] = await database.rows<{ row: number; kept: number }>(
    `SELECT row, kept FROM ${table} WHERE NOT same ORDER BY row LIMIT 1`,
  )
  if (conflict === undefined) return
  const [first, second] = await staged.locate([conflict.kept, conflict.row])
  throw new DataError(
    `${staged.file}:${second.line}: found ${second.text}, which has the ${unique.key.join(' and ')} ` +
      `of line ${first.line}, ${first.text}, expected each ${unique.key.join(' and ')} once`,
  )
}
