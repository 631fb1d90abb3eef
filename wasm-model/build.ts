/**
 * Builds what the library and training do not have as TypeScript:
 *
 *   node wasm-model/build.ts
 *
 * The engine's two WebAssembly modules, relaxed and plain SIMD, from one source: engine/dist/{relaxed.wasm, plain.wasm}
 * and bytes.ts, which embeds both: concatenated, deflated, in base64. drawing.wasm, and drawing.ts, which embeds it. The
 * .wasm files are also copied beside the compiled package, since the TypeScript compiler copies TypeScript only. And
 * model/onnx/dist/onnx.ts, which reads and writes the messages of onnx.proto; the enlarger's file in base64, and its hash,
 * in model/dist/; and training's two modules, in dist/kernels.ts beside their assembly/. Run it before the compiler. It
 * does nothing if its output is newer than the sources, so every command that runs the engine starts with it.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

const ENGINE = fileURLToPath(new URL("engine/", import.meta.url));
const FOLDERS = [`${ENGINE}dist/`, fileURLToPath(new URL("../dist/wasm-model/engine/dist/", import.meta.url))];
const BYTES = `${FOLDERS[0]}bytes.ts`;
const DRAWING_CODE = `${FOLDERS[0]}drawing.ts`;

/** Training's rooms with kernels, and the source of these. */
const KERNELS = [
  ["learning/", "assembly/optimizer.ts"],
  ["quantize/", "assembly/moments.ts"],
].map(([room, source]) => ({ folder: fileURLToPath(new URL(`../training/${room}`, import.meta.url)), source }));

const PROTO = fileURLToPath(new URL("model/onnx/onnx.proto", import.meta.url));
const PROTO_CODE = fileURLToPath(new URL("model/onnx/dist/onnx.ts", import.meta.url));

const ENLARGER = fileURLToPath(new URL("models/enlarger/model.onnx", import.meta.url));
const ENLARGER_CODE = fileURLToPath(new URL("model/dist/", import.meta.url));

const FEATURES = { relaxed: "simd,relaxed-simd", plain: "simd" } as const;
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--initialMemory", "1", "--outFile", "module.wasm"];

async function isFresh(): Promise<boolean> {
  const assembly = (await readdir(`${ENGINE}assembly`)).map((name) => `${ENGINE}assembly/${name}`);
  const made = [
    PROTO_CODE,
    BYTES,
    DRAWING_CODE,
    ...KERNELS.map(({ folder }) => `${folder}dist/kernels.ts`),
    `${ENLARGER_CODE}enlarger.ts`,
    `${ENLARGER_CODE}enlarger-facts.ts`,
    ...FOLDERS.flatMap((folder) => [...Object.keys(FEATURES), "drawing"].map((name) => `${folder}${name}.wasm`)),
  ];
  const changed = (path: string) => stat(path).then(({ mtimeMs }) => mtimeMs);
  const own = [`${ENGINE}layout.ts`, PROTO, ENLARGER, fileURLToPath(import.meta.url)];
  const kernels = KERNELS.map(({ folder, source }) => folder + source);
  const sources = await Promise.all([...assembly, ...own, ...kernels].map(changed));
  const outputs = await Promise.all(made.map((path) => changed(path).catch(() => 0)));
  return Math.min(...outputs) > Math.max(...sources);
}

async function compile(folder: string, source: string, features: string): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc"); // takes a second to load
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main([source, ...OPTIONS, "--baseDir", folder, "--enable", features], {
    writeFile(_name, contents) {
      if (contents instanceof Uint8Array) wasm = contents;
    },
  });
  if (error || !wasm) throw new Error(`Expected the SIMD kernels to compile but received:\n${stderr}`);
  return wasm;
}

/** By pbf's compiler, whose code has no types. */
function protoCode(): string {
  const compiler = fileURLToPath(new URL("bin/pbf", import.meta.resolve("pbf")));
  return `// @ts-nocheck\n${execFileSync(process.execPath, [compiler, PROTO], { encoding: "utf8" })}`;
}

const made = (code: string): string => `/** Made by wasm-model/build.ts. */\n${code}\n`;
const embedded = (name: string, bytes: Uint8Array): string =>
  made(`export const ${name}: string = "${Buffer.from(bytes).toString("base64")}";`);

async function embedEnlarger(): Promise<void> {
  const file = await readFile(ENLARGER);
  await mkdir(ENLARGER_CODE, { recursive: true });
  await writeFile(`${ENLARGER_CODE}enlarger.ts`, embedded("ENLARGER", file));
  const sha256 = createHash("sha256").update(file).digest("hex");
  const facts = `export const ENLARGER_BYTES: number = ${file.length};\nexport const ENLARGER_SHA256: string = "${sha256}";`;
  await writeFile(`${ENLARGER_CODE}enlarger-facts.ts`, made(facts));
}

if (!(await isFresh())) {
  await embedEnlarger();
  await mkdir(dirname(PROTO_CODE), { recursive: true });
  await writeFile(PROTO_CODE, protoCode());
  const modules: Record<string, Uint8Array> = {};
  for (const folder of FOLDERS) await mkdir(folder, { recursive: true });
  for (const [name, features] of Object.entries(FEATURES)) {
    const wasm = await compile(ENGINE, "assembly/index.ts", features);
    for (const folder of FOLDERS) await writeFile(`${folder}${name}.wasm`, wasm);
    modules[name] = wasm;
  }
  const { relaxed, plain } = modules;
  const deflated = deflateRawSync(Buffer.concat([relaxed, plain]), { level: 9 }).toString("base64");
  await writeFile(
    BYTES,
    `/** Made by wasm-model/build.ts. */\nexport const BUILDS: string = "${deflated}";\nexport const RELAXED_LENGTH: number = ${relaxed.length};\n`,
  );
  const drawing = await compile(ENGINE, "assembly/drawing.ts", FEATURES.plain);
  for (const folder of FOLDERS) await writeFile(`${folder}drawing.wasm`, drawing);
  await writeFile(DRAWING_CODE, embedded("DRAWING", drawing));
  for (const { folder, source } of KERNELS) {
    await mkdir(`${folder}dist`, { recursive: true });
    await writeFile(`${folder}dist/kernels.ts`, embedded("KERNELS", await compile(folder, source, FEATURES.plain)));
  }
}
