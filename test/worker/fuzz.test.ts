/** Requests that are made up from the contract. */
import { expect, it } from "vitest";
import { fuzz } from "../support/fuzz.ts";
import { ask } from "./worker.ts";

const REQUESTS = 1000;

it(`answers ${REQUESTS} requests as its contract says`, { timeout: 900_000 }, async () => {
  const seen = await fuzz(ask, REQUESTS, 6);
  expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 304, 400, 404, 405, 410]));
});
