/** What wrangler's bundler makes of imported files. */
declare module "*.onnx" {
  const bytes: ArrayBuffer;
  export default bytes;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
