#!/usr/bin/env node
/**
 * `npx anneal`. In the package it runs the built command line; in the repository it runs the sources and builds the
 * engine from them.
 */
import { existsSync } from "node:fs";

if (existsSync(new URL("anneal.ts", import.meta.url))) {
  await import("../wasm-model/build.ts");
  await import("./anneal.ts");
} else await import("../dist/training/anneal.js");
