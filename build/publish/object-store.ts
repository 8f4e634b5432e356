/** One stored object, without its bytes. */
export interface StoredObject {
  key: string
  sizeBytes: number
  /** ISO time of the last put */
  uploadedAt: string
}

export interface PutOptions {
  contentType?: string
  /**
   * What the key must hold for the put to be done: these bytes, or nothing at all (null). Left out: whatever. So of two that
   * read the same and put at once, one is told so by a ConflictError
   */
  replaces?: Uint8Array | null
}

/** Where models are published: R2, or anything that keeps bytes under keys. A put is whole or not at all. */
export interface ObjectStore {
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void>
  /** null where there is no such key */
  get(key: string): Promise<Uint8Array | null>
  /** every object whose key starts with `prefix`, in the order of the key */
  list(prefix: string): Promise<StoredObject[]>
  /** no error where there is no such key */
  delete(key: string): Promise<void>
  /**
   * Uploads in parts that were begun before `olderThan`, under keys of the prefix, and never ended: they take up space that
   * no list shows. Ends them. Left out by stores that know no parts
   * @returns their keys
   */
  abandonUploads?(prefix: string, olderThan: Date): Promise<string[]>
}

/** A store that is to be closed. */
export type OpenObjectStore = ObjectStore & { close(): Promise<void> }

/** Another process put to the same key since it was read. */
export class ConflictError extends Error {
  override name = 'ConflictError'

  constructor(key: string) {
    super(`${key} was changed by another process in the meantime; it is left as that process put it`)
  }
}
