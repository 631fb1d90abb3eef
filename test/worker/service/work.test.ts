import { expect, it } from "vitest";
import { TokenBuckets } from "../../../worker/service/work.ts";

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

it("counts time from now on if the clock was set back by an hour", () => {
  const buckets = new TokenBuckets();
  const hour = 3_600_000;
  expect(buckets.spend("a", 600, 10, hour)).toBe(0);
  expect(buckets.spend("a", 10, 10, 0)).toBe(1);
  expect(buckets.spend("a", 10, 10, 1000)).toBe(0);
});

it("returns what is refunded, never more", () => {
  const buckets = new TokenBuckets();
  buckets.spend("a", 600, 10, 0);
  buckets.refund("a", 20);
  expect([buckets.spend("a", 20, 10, 0), buckets.spend("a", 1, 10, 0)]).toEqual([0, 1]);
  buckets.refund("a", 10_000);
  expect([buckets.spend("a", 600, 10, 0), buckets.spend("a", 1, 10, 0)]).toEqual([0, 1]);
  buckets.refund("nobody", 10);
});

it("lets a client without debt spend more than a bucket holds, once", () => {
  const buckets = new TokenBuckets();
  expect(buckets.spend("a", 1000, 10, 0)).toBe(0);
  expect(buckets.spend("a", 1, 10, 0)).toBe(41);
});

it("remembers 4096 clients, and forgets the one that spent longest ago", () => {
  const buckets = new TokenBuckets();
  for (let client = 0; client <= 4096; client++) buckets.spend(`${client}`, 600, 10, 0);
  expect([buckets.spend("1", 1, 10, 0), buckets.spend("0", 1, 10, 0)]).toEqual([1, 0]);
});
