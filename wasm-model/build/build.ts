/**
 * Builds what the library and training do not have as TypeScript:
 *
 *   node wasm-model/build/build.ts
 *
 * The engine's two WebAssembly modules, relaxed and plain SIMD, from one source: engine/dist/{relaxed.wasm, plain.wasm}
 * and bytes.ts, which embeds both: concatenated, deflated, in base64. drawing.wasm, and drawing.ts, which embeds it. The
 * .wasm files are also copied beside the compiled package, since the TypeScript compiler copies TypeScript only. And
 * model/onnx/dist/onnx.ts, which reads and writes the messages of onnx.proto; the enlarger's file in base64, and
 * its hash, in model/dist/; and the kernels of training, in kernels.ts beside their source. Run it before the compiler. It does nothing
 * if its output is newer than the sources, so every command that runs the engine starts with it.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const ENGINE = pathOf("../engine/");
const ENGINE_MODULES = [`${ENGINE}dist/`, pathOf("../../dist/wasm-model/engine/dist/")];
const BYTES = `${ENGINE}dist/bytes.ts`;
const DRAWING = `${ENGINE}dist/drawing.ts`;
/** The kernels of training. Those of `backend` have two builds and share the memory of TensorFlow.js. */
const KERNELS = [
  { folder: pathOf("../../training/learning/"), source: "assembly/optimizer.ts" },
  { folder: pathOf("../../training/quantize/"), source: "assembly/moments.ts" },
];
const BACKEND = pathOf("../../training/backend/");
const BACKEND_CODE = `${BACKEND}dist/kernels.ts`;
const PROTO = pathOf("../model/onnx/onnx.proto");
const PROTO_CODE = pathOf("../model/onnx/dist/onnx.ts");
const ENLARGER = pathOf("../models/enlarger/model.onnx");
const ENLARGER_CODE = pathOf("../model/dist/enlarger.ts");
const ENLARGER_FACTS = pathOf("../model/dist/enlarger-facts.ts");

const FEATURES = { relaxed: "simd,relaxed-simd", plain: "simd" } as const;
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--initialMemory", "1", "--outFile", "module.wasm"];

const sourcesOf = async (folder: string): Promise<string[]> =>
  (await readdir(`${folder}assembly`)).map((name) => `${folder}assembly/${name}`);

async function isFresh(): Promise<boolean> {
  const changed = (path: string) => stat(path).then(({ mtimeMs }) => mtimeMs);
  const assembly = (await Promise.all([ENGINE, BACKEND].map(sourcesOf))).flat();
  const kernels = KERNELS.map(({ folder, source }) => folder + source);
  const sources = await Promise.all([...assembly, ...kernels, `${ENGINE}layout.ts`, PROTO, ENLARGER, import.meta.filename].map(changed));
  const modules = ENGINE_MODULES.flatMap((folder) => ["relaxed", "plain", "drawing"].map((name) => `${folder}${name}.wasm`));
  const code = [
    PROTO_CODE,
    BYTES,
    DRAWING,
    ENLARGER_CODE,
    ENLARGER_FACTS,
    BACKEND_CODE,
    ...KERNELS.map(({ folder }) => `${folder}dist/kernels.ts`),
  ];
  const outputs = await Promise.all([...modules, ...code].map((path) => changed(path).catch(() => 0)));
  return Math.min(...outputs) > Math.max(...sources);
}

async function compile(folder: string, source: string, features: string = FEATURES.plain, more: string[] = []): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc"); // takes a second to load
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main([source, ...OPTIONS, "--baseDir", folder, "--enable", features, ...more], {
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

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === "string" ? `/** Made by wasm-model/build/build.ts. */\n${content}\n` : content);
}

const constant = (name: string, bytes: Uint8Array): string => `export const ${name}: string = "${Buffer.from(bytes).toString("base64")}";`;

if (!(await isFresh())) {
  const enlarger = await readFile(ENLARGER);
  const sha256 = createHash("sha256").update(enlarger).digest("hex");
  await write(ENLARGER_CODE, constant("ENLARGER", enlarger));
  await write(
    ENLARGER_FACTS,
    `export const ENLARGER_BYTES: number = ${enlarger.length};\nexport const ENLARGER_SHA256: string = "${sha256}";`,
  );
  await write(PROTO_CODE, protoCode());
  const relaxed = await compile(ENGINE, "assembly/index.ts", FEATURES.relaxed);
  const plain = await compile(ENGINE, "assembly/index.ts");
  const drawing = await compile(ENGINE, "assembly/drawing.ts");
  for (const [name, wasm] of Object.entries({ relaxed, plain, drawing })) {
    for (const folder of ENGINE_MODULES) await write(`${folder}${name}.wasm`, wasm);
  }
  const builds = deflateRawSync(Buffer.concat([relaxed, plain]), { level: 9 });
  await write(BYTES, `${constant("BUILDS", builds)}\nexport const RELAXED_LENGTH: number = ${relaxed.length};`);
  await write(DRAWING, constant("DRAWING", drawing));
  const [fast, everywhere] = [FEATURES.relaxed, FEATURES.plain].map((features) =>
    compile(BACKEND, "assembly/index.ts", features, ["--importMemory"]),
  );
  await write(BACKEND_CODE, `${constant("RELAXED", await fast)}\n${constant("PLAIN", await everywhere)}`);
  for (const { folder, source } of KERNELS) await write(`${folder}dist/kernels.ts`, constant("KERNELS", await compile(folder, source)));
}
