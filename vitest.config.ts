import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM_FLAGS, findChromium } from "./test/support/chromium.ts";

/** Tests that import nothing of Node: they run in every place where the library does. */
const PORTABLE = ["test/wasm-model/{random,elementary,schedule,options,index}.test.ts", "test/wasm-model/{sampler,image}/**/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      { test: { name: "node", include: ["test/{wasm-model,training}/**/*.test.ts"], testTimeout: 60_000 } },
      "test/worker/vitest.config.ts",
      {
        test: {
          name: "browser",
          include: ["test/widget/**/*.test.ts", ...PORTABLE],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS } }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
      { test: { name: "native", include: ["test/native/**/*.test.ts"], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false } },
    ],
  },
});
