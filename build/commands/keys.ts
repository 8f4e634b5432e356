import { createHash, randomBytes } from 'node:crypto'
import { type Command, InvalidArgumentError } from 'commander'
import { formatApiKey, prefixOfApiKey, SCOPES, type Scope } from '#core/api-key.ts'
import { ConfigError } from '../config/load-config.ts'
import { table } from '../io/table.ts'
import type { LiveDatabase } from '../publish/live-database.ts'
import { placeOf, type Surroundings } from './index.ts'
import { parseCount, withPlace } from './options.ts'

const PREFIX_BYTES = 4
const SECRET_BYTES = 32

export interface KeysFlags {
  state?: string
  target?: string
}

export interface CreateKeyFlags extends KeysFlags {
  name: string
  scopes: Scope[]
  /** days; never when left out */
  expires?: number
  /** say the SQL instead of running it */
  sql?: boolean
}

interface StoredKey {
  prefix: string
  name: string
  scopes: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
}

/**
 * A new key: itself to stdout, this once, and a note, or the SQL that stores its hash, to stderr. 256 random bits, so that a plain SHA-256
 * cannot be turned back, and the database never holds the key.
 */
export async function createKeyCommand(flags: CreateKeyFlags, surroundings: Surroundings): Promise<void> {
  const { stdout, stderr } = surroundings
  const prefix = randomBytes(PREFIX_BYTES).toString('hex')
  const key = formatApiKey(prefix, randomBytes(SECRET_BYTES).toString('base64url'))
  const createdAt = nowSeconds()
  const row = [
    prefix,
    createHash('sha256').update(key).digest('hex'),
    flags.name,
    flags.scopes.join(','),
    createdAt,
    flags.expires === undefined ? null : createdAt + flags.expires * 86_400,
  ]
  const insert = 'INSERT INTO api_keys (prefix, hash, name, scopes, created_at, expires_at) VALUES'
  const note = `Shown this once; only its hash is kept. Key ${prefix} may ${flags.scopes.join(', ')}.\n`
  if (!flags.sql)
    await withDatabase(flags, surroundings, (database) =>
      database.run([{ sql: `${insert} (?, ?, ?, ?, ?, ?)`, params: row }]),
    )
  stdout.write(`${key}\n`)
  stderr.write(flags.sql ? `${insert} (${row.map(literal).join(', ')});\n-- ${note}` : note)
}

/** Every key that was made, the latest first. */
export async function listKeysCommand(flags: KeysFlags, surroundings: Surroundings): Promise<void> {
  const keys = await withDatabase(flags, surroundings, (database) =>
    database.all<StoredKey>(
      'SELECT prefix, name, scopes, created_at, expires_at, revoked_at FROM api_keys ORDER BY created_at DESC, prefix',
    ),
  )
  const { stdout } = surroundings
  if (keys.length === 0) {
    stdout.write('There is no key yet. "marquee keys create --name NAME" makes one.\n')
    return
  }
  const rows = keys.map(({ prefix, name, scopes, created_at, expires_at, revoked_at }) => [
    prefix,
    name,
    scopes,
    day(created_at),
    revoked_at !== null ? `revoked ${day(revoked_at)}` : expires_at === null ? 'never expires' : expiry(expires_at),
  ])
  stdout.write(`${table(['key', 'name', 'scopes', 'made', ''], rows)}\n`)
}

/** @throws {Error} when no key has this prefix */
export async function revokeKeyCommand(
  prefixOrKey: string,
  flags: KeysFlags & { sql?: boolean },
  surroundings: Surroundings,
): Promise<void> {
  const prefix = prefixOfApiKey(prefixOrKey) ?? prefixOrKey
  if (!/^[0-9a-f]{8}$/.test(prefix))
    throw new ConfigError(`key "${prefix}": expected 8 hexadecimal digits, as "marquee keys list" shows them`)
  const update = 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE prefix = ?'
  const values = [nowSeconds(), prefix]
  const { stdout } = surroundings
  if (flags.sql) {
    stdout.write(`${values.reduce((sql: string, value) => sql.replace('?', literal(value)), update)};\n`)
    return
  }
  const revoked = await withDatabase(flags, surroundings, (database) =>
    database.all(`${update} RETURNING prefix`, ...values),
  )
  if (revoked.length === 0) throw new Error(`key ${prefix}: there is none; "marquee keys list" shows those there are`)
  stdout.write(`Key ${prefix} is revoked; a running Worker lets it in for KEY_CHECK_SECONDS more at most.\n`)
}

async function withDatabase<Result>(
  flags: KeysFlags,
  { cwd }: Surroundings,
  work: (database: LiveDatabase) => Promise<Result>,
): Promise<Result> {
  const { openLiveDatabase } = await import('../publish/live-database.ts')
  const database = await openLiveDatabase(placeOf(flags, cwd))
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** A value as SQL has it. */
function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL')
}

function expiry(seconds: number): string {
  return seconds <= nowSeconds() ? `expired ${day(seconds)}` : `until ${day(seconds)}`
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

/** `marquee keys create`, `list` and `revoke` */
export function addKeysCommands(program: Command, surroundings: Surroundings): void {
  const keys = program.command('keys').description('make, list and revoke the keys that AUTH = "apiKey" asks for')
  const sql = 'touch no database, say the SQL: for "wrangler d1 execute --remote"'
  withPlace(keys.command('create').description('a new key, shown this once'))
    .requiredOption('--name <text>', 'whose it is, for people')
    .option('--scopes <list>', `of ${SCOPES.join(', ')}; comma-separated`, parseScopes, ['read'])
    .option('--expires <days>', 'days until it is void (default: never)', parseCount)
    .option('--sql', sql)
    .action((flags: CreateKeyFlags) => createKeyCommand(flags, surroundings))
  withPlace(keys.command('list').description('every key, the latest first')).action((flags: KeysFlags) =>
    listKeysCommand(flags, surroundings),
  )
  withPlace(keys.command('revoke').description('make a key void'))
    .argument('<key>', 'its 8 digits of "marquee keys list", or the key itself')
    .option('--sql', sql)
    .action((key: string, flags: KeysFlags) => revokeKeyCommand(key, flags, surroundings))
}

function parseScopes(text: string): Scope[] {
  const scopes = SCOPES.filter((scope) => text.split(',').includes(scope))
  if (scopes.length !== text.split(',').length)
    throw new InvalidArgumentError(`Expected some of ${SCOPES.join(', ')}, separated by commas.`)
  return scopes
}
