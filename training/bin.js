#!/usr/bin/env node
/**
 * `npx anneal`. In the package it runs the built command line; in the repository it runs the sources and builds the
 * engine from them.
 */
import { existsSync } from "node:fs";

if (!existsSync(new URL("anneal.ts", import.meta.url))) await import("../dist/training/anneal.js");
else if (!process.features.typescript) {
  console.error(
    `Expected Node 22.18 or later, which runs Anneal's sources, but received ${process.version}: use \`npx anneal\`, which brings one`,
  );
  process.exitCode = 2;
} else {
  await import("../wasm-model/build/build.ts");
  await import("./anneal.ts");
}
