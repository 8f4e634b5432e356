/** Every block starts on one, so that no vector load crosses a cache line. */
const ALIGNMENT = 64
const PAGE_BYTES = 65_536

/** Blocks of a WebAssembly memory that is made when all of them are known. */
export interface Layout {
  /** @returns the byte at which a block of that size begins */
  place(sizeBytes: number): number
  /** Zeros, to be shared among threads. @throws {RangeError} when it is more than a WebAssembly memory holds */
  makeMemory(): WebAssembly.Memory
}

export function layOut(): Layout {
  // the first page is the module's own
  let end = PAGE_BYTES
  return {
    place(sizeBytes) {
      const start = end
      end = Math.ceil((end + sizeBytes) / ALIGNMENT) * ALIGNMENT
      return start
    },
    makeMemory() {
      if (end > 2 ** 32)
        throw new RangeError(`batch: the rows take ${(end / 2 ** 30).toFixed(1)} GiB, a WebAssembly memory holds 4`)
      const pages = Math.ceil(end / PAGE_BYTES)
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    },
  }
}
