/**
 * The hashes that the package carries of each shipped model's images (`anneal verify`): made anew where the model or
 * the RENDER_VERSION is another one.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readModelFile } from "../../training/cli/model-files.ts";
import { type Released, release } from "../../training/verify/hashes.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";

const MODELS = new URL("../../wasm-model/models/", import.meta.url);

export interface ShippedModel {
  readonly name: string;
  readonly file: Uint8Array<ArrayBuffer>;
  /** Undefined for a model that has none yet. */
  readonly released: Released | undefined;
}

export async function shippedModels(): Promise<ShippedModel[]> {
  const folders = (await readdir(MODELS, { withFileTypes: true })).filter(({ name }) => existsSync(new URL(`${name}/model.onnx`, MODELS)));
  return Promise.all(
    folders.map(async ({ name }) => ({
      name,
      file: readModelFile(fileURLToPath(new URL(name, MODELS))),
      released: await readFile(new URL(`${name}/sha256.json`, MODELS), "utf8").then(
        (text) => JSON.parse(text) as Released,
        () => undefined,
      ),
    })),
  );
}

/** Writes what is missing or out of date. Returns the names of those models. */
export async function updateReleased(): Promise<string[]> {
  const outdated = (await shippedModels()).filter(
    ({ file, released }) => released?.model !== sha256Hex(file) || released.renderVersion !== RENDER_VERSION,
  );
  for (const { name, file } of outdated) {
    const released = await release(file, await loadModel(file, { runtime: simd }));
    await writeFile(new URL(`${name}/sha256.json`, MODELS), `${JSON.stringify(released, null, 1)}\n`);
  }
  return outdated.map(({ name }) => name);
}
