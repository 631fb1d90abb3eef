/**
 * Several clients and one thread: each has its share of the work, however much it asks for. Work is counted in
 * evaluations.
 */
import { expect, it } from "vitest";
import { countingApp, EVALUATIONS, from } from "../counting.ts";

/** 16 evaluations are a turn. */
const TURN = 16;
const bytes = async (answer: Promise<Response>) => (await answer).arrayBuffer();

it("draws a cheap image within a few turns while another client asks for as much as it may", async () => {
  const { ask, evaluations } = await countingApp();
  const hog = Array.from({ length: 20 }, (_, i) => ask(`/sample?seed=hog-${i}&n=30&steps=8`, from("192.0.2.1")));
  await scheduler.wait(50);
  for (let i = 0; i < 3; i++) {
    const before = evaluations();
    const response = await ask(`/sample?seed=cheap-${i}`, from("192.0.2.2"));
    expect(response.status).toBe(200);
    expect(evaluations() - before).toBeLessThanOrEqual(EVALUATIONS + 2 * TURN);
    await scheduler.wait(20);
  }
  const statuses = (await Promise.all(hog)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBe(4); // of 10.7 GMAC each, within 48
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
});

it("gives a client that asks for much its full share of the work", async () => {
  const { ask, evaluations } = await countingApp();
  let isOver = false;
  const before = evaluations();
  const large = bytes(ask("/sample?seed=large&n=50", from("192.0.2.1"))).then(() => {
    isOver = true;
  });
  let small = 0;
  const loop = async (client: number) => {
    for (let i = 0; !isOver; i++) {
      await bytes(ask(`/sample?seed=small-${client}-${i}`, from("192.0.2.2")));
      small++;
    }
  };
  await Promise.all([large, loop(0), loop(1), loop(2)]);
  const [its, others] = [50 * EVALUATIONS, EVALUATIONS * small];
  expect(evaluations() - before).toBe(its + others);
  expect(others / its).toBeGreaterThan(0.5); // 0.9: a small image costs a little more than its evaluations
  expect(others / its).toBeLessThan(1.2);
});

it("lets a single client use everything", async () => {
  const { ask, evaluations } = await countingApp();
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => ask(`/sample?seed=alone-${i}`)));
  expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
  expect(evaluations()).toBe(60 * EVALUATIONS);
});
