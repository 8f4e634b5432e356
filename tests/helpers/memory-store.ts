import { ConflictError, type ObjectStore, type PutOptions } from '../../build/publish/object-store.ts'

/** An ObjectStore in memory that counts its puts and can fail at one of them. */
export class MemoryStore implements ObjectStore {
  objects = new Map<string, Uint8Array>()
  puts: string[] = []
  /** number of the put that throws, from 1; what it was to store is not stored */
  failAtPut = Number.POSITIVE_INFINITY

  async put(key: string, bytes: Uint8Array, { replaces }: PutOptions = {}): Promise<void> {
    this.puts.push(key)
    if (this.puts.length >= this.failAtPut) throw new Error(`put ${this.puts.length} failed`)
    const held = this.objects.get(key) ?? null
    const isAsRead =
      held === null || replaces === null ? held === replaces : replaces && !Buffer.compare(held, replaces)
    if (replaces !== undefined && !isAsRead) throw new ConflictError(key)
    this.objects.set(key, bytes.slice())
  }
  async get(key: string): Promise<Uint8Array | null> {
    return this.objects.get(key) ?? null
  }
  async list(prefix: string) {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    return keys.map((key) => ({
      key,
      sizeBytes: this.objects.get(key)!.length,
      uploadedAt: '2026-01-01T00:00:00.000Z',
    }))
  }
  async delete(key: string): Promise<void> {
    this.objects.delete(key)
  }
}
