/** Tests that import nothing of Node: they run in every place where the library does. */
export const PORTABLE = [
  "test/wasm-model/index.test.ts",
  "test/wasm-model/{sampling,request}/**/*.test.ts",
  "test/wasm-model/render/**/*.test.ts",
  "test/wasm-model/engine/{convolution,epilogue,image,plan}.test.ts",
];
