export type Database = unknown
