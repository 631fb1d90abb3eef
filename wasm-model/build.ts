/**
 * Builds what the library and training do not have as TypeScript:
 *
 *   node wasm-model/build.ts
 *
 * The engine's two WebAssembly modules, relaxed and plain SIMD, from one source: engine/dist/{relaxed.wasm, plain.wasm}
  const drawing = await compile(ENGINE, "assembly/drawing.ts", FEATURES.plain);
  for (const folder of FOLDERS) await writeFile(`${folder}drawing.wasm`, drawing);
  await writeFile(DRAWING_CODE, embedded("DRAWING", drawing));
  for (const { folder, source } of KERNELS) {
    await mkdir(`${folder}dist`, { recursive: true });
    await writeFile(`${folder}dist/kernels.ts`, embedded("KERNELS", await compile(folder, source, FEATURES.plain)));
  }
}
