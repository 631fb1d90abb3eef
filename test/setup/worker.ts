/** One Worker, as `npm start` runs it, for all tests of a project: they have its address by `inject("origin")`. */
import type { TestProject } from "vitest/node";
import { startWorker } from "../support/start-worker.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly origin: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { origin, stop } = await startWorker();
  provide("origin", origin);
  return stop;
}
