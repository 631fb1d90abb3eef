#!/usr/bin/env node
/**
 * `npx anneal`. In the package: the built command line. In the repository: the sources as they are now, and the engine
 * built from them.
 */
import { existsSync } from "node:fs";

if (existsSync(new URL("anneal.ts", import.meta.url))) {
  await import("../wasm-model/build.ts");
  await import("./anneal.ts");
} else await import("../dist/training/anneal.js");
