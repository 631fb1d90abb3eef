/** The shipped models, a model of tests, and the hashes of their golden images (hashes.ts). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRegularFile } from "../../training/cli/files.ts";
import { FP32_FILE } from "../../training/cli/model-files.ts";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import type { Golden } from "./hashes.ts";

const MODELS = new URL("../../wasm-model/models/", import.meta.url);

/** Those that are served, not the base of trainings and of its finishers. */
const MODEL_NAMES: readonly string[] = readdirSync(MODELS).filter((name) => existsSync(new URL(`${name}/${FP32_FILE}`, MODELS)));

/** A small network of random weights with finishers of its own and a palette, which no shipped model has. */
export const FIXTURE = "cut-outs";

/** All that have golden images. */
export const GOLDEN_NAMES: readonly string[] = [...MODEL_NAMES, FIXTURE];

export const modelFolder = (name: string): string => fileURLToPath(new URL(name, name === FIXTURE ? import.meta.url : MODELS));

/** By default the one that the Worker serves first. */
export const shippedModel = (name = DEFAULT_MODEL): Uint8Array<ArrayBuffer> => readRegularFile(join(modelFolder(name), MODEL_FILE));

export const goldenFile = (name: string): string => join(modelFolder(name), "sha256.json");

/** Throws for a model that has none yet. */
export const readGolden = (name = DEFAULT_MODEL): Golden => JSON.parse(readFileSync(goldenFile(name), "utf8")) as Golden;
