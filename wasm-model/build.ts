/**
 * Builds the engine's two WebAssembly modules from one source, relaxed and plain SIMD:
 *
 *   node wasm-model/build.ts
 *
 * writes engine/dist/{relaxed.wasm, plain.wasm}, and bytes.ts, which embeds them in base64. The compiler of the package copies
 * TypeScript only, so the .wasm files go to their place beside its output too. Run it before the compiler: runtime/simd.ts imports bytes.ts.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const ENGINE = fileURLToPath(new URL("engine/", import.meta.url));
const FOLDERS = [`${ENGINE}dist/`, fileURLToPath(new URL("../dist/wasm-model/engine/dist/", import.meta.url))];

const FEATURES = { relaxed: "simd,relaxed-simd", plain: "simd" } as const;
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--initialMemory", "1", "--baseDir", ENGINE, "--outFile", "module.wasm"];

async function compile(features: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["assembly/index.ts", ...OPTIONS, "--enable", features], {
    writeFile(_name, contents) {
      if (contents instanceof Uint8Array) wasm = contents;
    },
  });
  if (error || !wasm) throw new Error(`Expected the SIMD kernels to compile but received:\n${stderr}`);
  return wasm;
}

const constants: string[] = [];
for (const folder of FOLDERS) await mkdir(folder, { recursive: true });
for (const [name, features] of Object.entries(FEATURES)) {
  const wasm = await compile(features);
  for (const folder of FOLDERS) await writeFile(`${folder}${name}.wasm`, wasm);
  constants.push(`export const ${name.toUpperCase()} = "${Buffer.from(wasm).toString("base64")}";\n`);
}
await writeFile(`${FOLDERS[0]}bytes.ts`, `/** Made by wasm-model/build.ts. */\n${constants.join("")}`);
