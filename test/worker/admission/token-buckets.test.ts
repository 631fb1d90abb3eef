import { expect, it } from "vitest";
import { TokenBuckets } from "../../../worker/admission/token-buckets.ts";

it("lets a client spend its rate on average and a minute of it at once", () => {
  const buckets = new TokenBuckets();
  for (let i = 0; i < 60; i++) expect(buckets.spend("a", 10, 10, 0)).toBe(0);
  expect(buckets.spend("a", 10, 10, 0)).toBe(1);
  expect(buckets.spend("a", 25, 10, 0)).toBe(3);
  expect(buckets.spend("b", 10, 10, 0)).toBe(0);
  expect(buckets.spend("a", 10, 10, 999)).toBe(1);
  expect(buckets.spend("a", 10, 10, 1000)).toBe(0);
  expect(buckets.spend("a", 10, 10, 1000)).toBe(1);
  for (let i = 0; i < 60; i++) expect(buckets.spend("a", 10, 10, 1e6)).toBe(0); // no more than a minute is saved up
  expect(buckets.spend("a", 10, 10, 1e6)).toBe(1);
});

it("gives back what is refunded, never more", () => {
  const buckets = new TokenBuckets();
  buckets.spend("a", 600, 10, 0);
  buckets.refund("a", 20);
  expect([buckets.spend("a", 20, 10, 0), buckets.spend("a", 1, 10, 0)]).toEqual([0, 1]);
  buckets.refund("a", 10_000);
  expect([buckets.spend("a", 600, 10, 0), buckets.spend("a", 1, 10, 0)]).toEqual([0, 1]);
  buckets.refund("nobody", 10);
});

it("lets a client that owes nothing spend more than a bucket holds, once", () => {
  const buckets = new TokenBuckets();
  expect(buckets.spend("a", 1000, 10, 0)).toBe(0);
  expect(buckets.spend("a", 1, 10, 0)).toBe(41);
});

it("remembers so many clients and no more", () => {
  const buckets = new TokenBuckets();
  buckets.spend("first", 600, 10, 0);
  for (let i = 0; i < 4095; i++) buckets.spend(`client ${i}`, 600, 10, 0);
  expect(buckets.spend("client 0", 1, 10, 0)).toBe(1);
  expect(buckets.spend("first", 1, 10, 0)).toBe(1);
  buckets.spend("another", 600, 10, 0);
  expect(buckets.spend("client 1", 1, 10, 0)).toBe(0); // the one that asked longest ago is forgotten
});
