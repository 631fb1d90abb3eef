/**
 * Tests that run in workerd, with the Worker as wrangler.toml describes it; among them those of the library whose
 * numbers are the same on every host. The Worker serves what `npm run build` makes.
 */
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

export default defineConfig({
  root,
  resolve: {
    alias: [
      // Workers may not compile bytes: the engine's builds are modules there.
      { find: /^.*\/engine\/simd\.ts$/, replacement: `${root}/wasm-model/engine/simd.workerd.ts` },
      { find: "site-files", replacement: `${root}/dist/files.json` },
    ],
  },
  plugins: [cloudflareTest({ wrangler: { configPath: `${root}/wrangler.toml` } })],
  test: {
    name: "workerd",
    include: ["test/worker/**/*.test.ts", "test/wasm-model/index.test.ts", "test/wasm-model/{sampling,request}/**/*.test.ts"],
    setupFiles: "test/worker/setup.ts",
    isolate: false, // one Worker for all files: it is loaded and its model made ready once
    testTimeout: 120_000,
    restoreMocks: true,
    sequence: { groupOrder: 1 },
  },
});
