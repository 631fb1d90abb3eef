/** What images cost, in multiply-accumulates. */
import { expect, it } from "vitest";
import { macsOf } from "../../../wasm-model/network/count.ts";
import { NETWORKS } from "../../../wasm-model/network/spec.ts";
import { BYTE_COST, costOf, enlargerMacs, IMAGE_COST } from "../../../wasm-model/render/cost.ts";
import { resolve } from "../../../wasm-model/request/resolve.ts";
import { cardOf, SMALL } from "../../support/random-model.ts";

const grey = cardOf({ ...SMALL, ...NETWORKS.m32 });
const colour = cardOf({ ...SMALL, height: 64, width: 64, channels: 3, ...NETWORKS.s32x3 });
const cost = (options: object, card = grey): number => costOf(resolve("sample", { seed: "7", ...options }, card), card);

it("counts an evaluation of a 64x64 network in colour as five of m32", () => {
  expect((cost({ steps: 2 }, colour) - cost({ steps: 1 }, colour)) / (cost({ steps: 2 }) - cost({ steps: 1 }))).toBeCloseTo(4.9, 1);
});

it("is the network's multiply-accumulates, plus a stated number for an image and for each of its bytes", () => {
  const macs = macsOf(grey.spec);
  expect(macsOf(grey.spec)).toBe(macs); // counted once
  expect(cost({ steps: 1 })).toBe(IMAGE_COST + macs + BYTE_COST * 784);
  expect(cost({ steps: 3, guidance: 2 }) - cost({ steps: 3 })).toBe(3 * macs);
  expect(cost({ steps: 2, n: 5 }) - cost({ steps: 2, n: 1 })).toBe(4 * 2 * macs + BYTE_COST * 5 * 784); // six cells
  expect(cost({ steps: 4, frames: 3 }) - cost({ steps: 4 })).toBe(BYTE_COST * 2 * 784);
  expect(cost({ steps: 1, size: 100, enlarge: "pixels" })).toBe(IMAGE_COST + macs + BYTE_COST * 100 * 100);
  expect(cost({ steps: 1, size: 100 })).toBe(IMAGE_COST + macs + enlargerMacs(grey) + BYTE_COST * 100 * 100);
  expect(cost({ steps: 1, size: 56, n: 3 }) - cost({ steps: 1, size: 56, n: 3, enlarge: "pixels" })).toBe(3 * enlargerMacs(grey));
  expect(cost({ steps: 1 }, colour)).toBe(IMAGE_COST + macsOf(colour.spec) + BYTE_COST * 64 * 64 * 3);
  const pixels = (options: object, card = grey) => (cost({ steps: 1, ...options }, card) - IMAGE_COST - macsOf(card.spec)) / BYTE_COST;
  expect(pixels({ foreground: "f00" })).toBe(3 * 784);
  expect(pixels({ background: "transparent" })).toBe(4 * 784);
  expect(pixels({ radius: 20 })).toBe(4 * 784);
  expect(pixels({ radius: 20, foreground: "f00" })).toBe(4 * 784);
  expect(pixels({ radius: 20 }, colour)).toBe(4 * 64 * 64);
});
