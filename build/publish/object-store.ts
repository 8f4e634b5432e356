/** One stored object, without its bytes. */
export interface StoredObject {
  key: string
  sizeBytes: number
  /** MD5 of the bytes in hexadecimal, as stores of the S3 kind give it in the ETag; shows what need not be sent again */
  md5: string
  /** ISO time of the last put */
  uploadedAt: string
}

/** Where models are published: R2, or anything that keeps bytes under keys. A put is whole or not at all. */
export interface ObjectStore {
  put(key: string, bytes: Uint8Array, options?: { contentType?: string }): Promise<void>
  /** null where there is no such key */
  get(key: string): Promise<Uint8Array | null>
  /** every object whose key starts with `prefix`, in the order of the key */
  list(prefix: string): Promise<StoredObject[]>
  /** no error where there is no such key */
  delete(key: string): Promise<void>
}
