/**
 * Tests that run in workerd, with the Worker as wrangler.toml describes it; among them those of the library that need
 * no particular host. The Worker serves what `npm run build` makes.
 */
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { PORTABLE } from "../support/portable.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export default defineConfig({
  root,
  resolve: {
    alias: [
      // Workers may not compile bytes: the engine's builds are modules there.
      { find: /^.*\/runtime\/simd\.ts$/, replacement: `${root}/wasm-model/runtime/simd.workerd.ts` },
      { find: "served-models", replacement: `${root}/dist/served-models.js` },
      { find: "site-files", replacement: `${root}/dist/site-files.js` },
    ],
  },
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${root}/wrangler.toml` },
      miniflare: { bindings: { CLIENT_HEADER: "CF-Connecting-IP" } }, // as on Cloudflare
    }),
  ],
  test: {
    name: "workerd",
    include: ["test/worker/**/*.test.ts", ...PORTABLE],
    setupFiles: `${root}/wasm-model/runtime/simd.workerd.ts`, // provides the module for drawing
    isolate: false, // one Worker for all files: it is loaded and its model made ready once
    testTimeout: 120_000,
    sequence: { groupOrder: 1 },
  },
});
