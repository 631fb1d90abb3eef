/** Tests that import nothing of Node: they run in every place where the library does. */
export const PORTABLE = [
  "test/wasm-model/{random,elementary,schedule,options,index}.test.ts",
  "test/wasm-model/{sampler,image}/**/*.test.ts",
  "test/wasm-model/engine/{convolution,epilogue,image,plan}.test.ts",
];
