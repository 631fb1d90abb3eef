/** What a request may cost. */
import { type ModelCard, OptionError } from "../../wasm-model/index.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { resolve, type Settings } from "../../wasm-model/request/resolve.ts";
import type { ServiceSettings } from "../http/settings.ts";

/**
 * Throws `OptionError` if an image costs more than a request may. The error names the option to reduce: `n` in a grid,
 * otherwise `steps` or `size`.
 */
export function checkBudget(
  { budget }: Pick<ServiceSettings, "budget">,
  cost: number,
  { n = 1, nfe }: Pick<Settings, "n" | "nfe">,
  { spec }: ModelCard,
): void {
  if (cost <= budget) return;
  const key = n > 1 ? "n" : 2 * nfe * macsOf(spec) >= cost ? "steps" : "size";
  const expected = `an image that costs at most ${gmac(budget)} (a device draws others, by the widget or the library)`;
  throw new OptionError("over-budget", key, expected, `one that costs ${gmac(cost)}`);
}

/**
 * A sentence for the operator if a request may cost less than an image that a model draws without options; undefined otherwise.
 * It names the number of steps that the model can be exported with.
 */
export function dearDefault({ budget }: Pick<ServiceSettings, "budget">, name: string, card: ModelCard): string | undefined {
  const costAt = (steps: number): number => costOf(resolve("sample", { seed: name, steps: String(steps) }, card), card);
  const own = card.sampling.steps;
  if (costAt(own) <= budget) return undefined;
  let steps = own - 1;
  while (steps > 0 && costAt(steps) > budget) steps--;
  const remedy = steps > 0 ? `, or export the model again with \`npx anneal export --steps ${steps}\`` : "";
  return `An image by \`${name}\` costs ${gmac(costAt(own))}, and a request may cost ${gmac(budget)}, so it is refused unless it has fewer steps. Raise the budget${remedy}.`;
}

/** In billions of multiply-accumulates, rounded up to thousandths. */
export const gmac = (cost: number): string => `${Math.ceil(cost / 1e6) / 1000} GMAC`;
