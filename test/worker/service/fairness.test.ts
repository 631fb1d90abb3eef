/** Several clients and one thread: each has its turn, however much others ask for. Work is counted in evaluations. */
import { expect, it } from "vitest";
import { macsOf } from "../../../wasm-model/network/count.ts";
import { countingService, EVALUATIONS, from, SHIPPED } from "./service.ts";

/** The evaluations between two yields of a drawing (wasm-model/render/turn.ts). */
const YIELD = 16;

/** Images of about the costliest request, which may cost 5 GMAC. */
const GRID = Math.floor(4.8e9 / (EVALUATIONS * macsOf(SHIPPED[0].card.spec)));

it("draws a cheap image while a client that asks for as much as it may has a long one drawn", async () => {
  const { ask, evaluations } = await countingService();
  const gone = new AbortController();
  const hog = Array.from({ length: 5 }, (_, i) => ask(`/sample?seed=hog-${i}&n=${GRID}`, from("192.0.2.1", { signal: gone.signal })));
  await scheduler.wait(50);
  for (let i = 0; i < 3; i++) {
    const before = evaluations();
    const response = await ask(`/sample?seed=cheap-${i}`, from("192.0.2.2"));
    expect(response.status).toBe(200);
    expect(evaluations() - before).toBeLessThanOrEqual(EVALUATIONS + 3 * YIELD);
    await scheduler.wait(20);
  }
  gone.abort();
  await Promise.all(hog);
});
