import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM_FLAGS, findChromium } from "./test/support/browsers.ts";
import { stockFirefox } from "./test/support/firefox-provider.ts";

/** The projects run one after the other, so that none starves another of the machine. */
const inOrder = (groupOrder: number) => ({ sequence: { groupOrder } });

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["test/*.test.ts", "test/{wasm-model,training,langevin,pages,lab,golden}/**/*.test.ts"],
          exclude: ["test/pages/store.test.ts"], // in a browser
          testTimeout: 120_000,
          hookTimeout: 120_000,
          restoreMocks: true,
          maxWorkers: "100%", // by default vitest leaves one core to itself: of two, that is half
          ...inOrder(0),
        },
      },
      "test/worker/vitest.config.ts",
      {
        test: {
          name: "browser",
          include: [
            "test/{drawing,element}/**/*.test.ts",
            "test/wasm-model/engine/{convolution,epilogue}.test.ts",
            "test/pages/store.test.ts",
          ],
          testTimeout: 60_000,
          restoreMocks: true,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS } }),
            instances: [{ browser: "chromium" }],
          },
          ...inOrder(2),
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/setup/worker.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 15_000 } },
          maxWorkers: 2, // much of a file's time is waiting: for a browser, a server, a page
          ...inOrder(3),
        },
      },
      {
        test: {
          name: "slow",
          include: ["test/slow/**/*.test.ts"],
          globalSetup: "test/setup/worker.ts",
          testTimeout: 900_000,
          hookTimeout: 900_000,
          expect: { poll: { timeout: 15_000 } },
          fileParallelism: false,
          ...inOrder(4),
        },
      },
      {
        test: {
          name: "firefox",
          include: ["test/element/element.test.ts"],
          testTimeout: 60_000,
          restoreMocks: true,
          browser: { enabled: true, connectTimeout: 300_000, provider: stockFirefox(), instances: [{ browser: "firefox" }] },
          ...inOrder(5),
        },
      },
    ],
  },
});
