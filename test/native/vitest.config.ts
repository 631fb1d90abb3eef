import { defineConfig } from "vitest/config";

/** `npm run test:native`: apart from the other tests, as it needs the library that `npx anneal setup-native` builds. */
export default defineConfig({
  test: { name: "native", include: ["test/native/**/*.test.ts"], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false },
});
