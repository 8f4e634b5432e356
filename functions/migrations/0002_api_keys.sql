-- Keys that callers show with AUTH = "apiKey", made and revoked by `marquee keys`. Only the hash of a key is here.
CREATE TABLE api_keys (
  -- the readable part of the key, its name in lists and logs
  prefix TEXT PRIMARY KEY CHECK (length(prefix) = 8),
  -- SHA-256 of the whole key, hexadecimal
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  -- whose it is, for people
  name TEXT NOT NULL,
  -- of read, write, admin; comma-separated
  scopes TEXT NOT NULL,
  -- seconds since 1970; null: never
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;
