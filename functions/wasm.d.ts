/** A `.wasm` import is a compiled module in the Worker. */
declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}
