/** What a request may cost. */
import { type ModelCard, OptionError, type SampleOptions } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { OPTION_VALUES, type Requested } from "../../wasm-model/request/options.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { ConfigurationError } from "./problems.ts";
import type { ServiceSettings } from "./settings.ts";
import { BURST } from "./work.ts";

/** What an image's cost depends on most. */
const COSTLY = ["n", "size", "steps", "guidance", "sampler"] as const;

/**
 * Throws `OptionError` if an image costs more than a request may. The error names the first option without which it would not, or
 * without which it would cost less; `steps`, which may be added, if there is none.
 */
export function checkBudget(budget: number, cost: number, given: Requested<"sample">, card: ModelCard): void {
  if (cost <= budget) return;
  const without = (name: string): number => costOf(resolve("sample", { ...given, [name]: undefined }, card), card);
  const option = COSTLY.find((name) => without(name) <= budget) ?? COSTLY.find((name) => without(name) < cost) ?? "steps";
  const expected = `an image that costs at most ${gmac(budget)} (a device draws others, by the widget or the library)`;
  throw new OptionError("over-budget", option, expected, `one that costs ${gmac(cost)}`);
}

/**
 * Warns the operator of each model whose default image costs more than a request may. Throws `ConfigurationError` for a budget that
 * is enough for none of them, and for a rate of which a minute is not.
 */
export function checkDefaults(
  { budget, rate }: ServiceSettings,
  models: readonly { readonly name: string; readonly card: ModelCard }[],
): void {
  const [{ card: first }] = models;
  const least = Math.min(...models.map(({ card }) => defaultCost(card)));
  if (budget < least) {
    const expected = `at least ${least} multiply-accumulates, the cost of a default image, for \`budget\``;
    throw new ConfigurationError(`Expected ${expected} but received ${budget}: raise it${remedy(budget, first)}`);
  }
  if (rate !== undefined && BURST * rate < least) {
    const expected = `at least ${Math.ceil(least / BURST)} multiply-accumulates a second, a default image a minute,`;
    throw new ConfigurationError(`Expected ${expected} for \`rateLimit\` but received ${rate}`);
  }
  for (const { name, card } of models) {
    const cost = defaultCost(card);
    if (cost <= budget) continue;
    const refused = `An image by \`${name}\` costs ${gmac(cost)}, and a request may cost ${gmac(budget)}, so it is refused unless it has fewer steps`;
    console.warn(`${refused}. Raise the budget${remedy(budget, card)}.`);
  }
}

/** The cost of an image without options, or with these alone. */
export const defaultCost = (card: ModelCard, options: Pick<SampleOptions, "steps" | "size"> = {}): number =>
  costOf(resolve("sample", { seed: "7", ...options }, card), card);

/** The width of an image that an export for a small budget should still draw. */
const ADVISED_SIZE = 64;

/** How to export the model for this budget, so that larger images than native ones fit, too; empty if no number of steps does. */
function remedy(budget: number, card: ModelCard): string {
  const { width } = nativeShape(card);
  const size = Math.min(Math.max(ADVISED_SIZE, width), OPTION_VALUES.size.domain.max * width);
  let { steps } = card.sampling;
  while (steps > 0 && defaultCost(card, { steps, size }) > budget) steps--;
  return steps > 0 ? `, or export the model again with \`npx anneal export --steps ${steps}\`` : "";
}

/** In billions of multiply-accumulates, rounded up to thousandths. */
export const gmac = (cost: number): string => `${Math.ceil(cost / 1e6) / 1000} GMAC`;
