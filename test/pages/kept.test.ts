/** The last two models of "Your pictures", and the way between them. */
import { expect, it } from "vitest";
import { exchanged, type Outcomes, withNew } from "../../worker/pages/yours/kept.ts";
import { allows, type Phase } from "../../worker/pages/yours/phase.ts";
import type { Outcome } from "../../worker/pages/yours/protocol.ts";

const run = { tell() {}, end() {} };
const [a, b, c] = ["a", "b", "c"].map((name) => ({ name }) as Outcome);

it("one can go back from a new model to the one before, and on again, until the next is made of what is shown", () => {
  const first: Outcomes = { outcome: a, other: undefined };
  expect([withNew({}, a), exchanged(first)]).toEqual([first, first]);
  const second = withNew(first, b);
  const back: Outcomes = { outcome: a, other: { outcome: b, isNewer: true } };
  expect([exchanged(second), exchanged(back)]).toEqual([back, second]);
  expect(withNew(back, c)).toEqual({ outcome: c, other: { outcome: a, isNewer: false } });
});

it("models are exchanged only while none is learned", () => {
  const may = (phase: Phase): boolean => allows(phase, "exchange models");
  expect(may({ name: "done", outcome: a })).toBe(true);
  expect([may({ name: "learning", run, isPaused: true }), may({ name: "stopping", run })]).toEqual([false, false]);
});
