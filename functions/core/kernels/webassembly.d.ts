/** What the kernels use of WebAssembly: neither ES2024's library nor Node's types declare it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
    private readonly compiled: never
  }
  /** whether this engine knows all that the module uses */
  function validate(bytes: Uint8Array): boolean
  class Memory {
    /** sizes in pages of 64 KiB; shared memory needs its maximum */
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    /** another one after `grow`, when not shared: views on the old one have length 0 */
    readonly buffer: ArrayBuffer | SharedArrayBuffer
    grow(pages: number): number
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory } })
    readonly exports: unknown
  }
}
