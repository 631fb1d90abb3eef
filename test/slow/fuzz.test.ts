/** Most of the fuzzer's 10 000 requests, to a running `wrangler dev`; the others in test/worker. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { fuzz } from "../support/fuzz.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

const REQUESTS = 9000;

let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker();
});

afterAll(() => worker?.stop());

it(`answers ${REQUESTS} requests as its contract says`, async () => {
  const seen = await fuzz((url, init) => fetch(worker.origin + url, init), REQUESTS, 8);
  expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 304, 400, 404, 405, 410, 415]));
});
