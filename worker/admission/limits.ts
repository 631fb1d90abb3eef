/** Limits of requests: what one may cost, how large an upload may be, and who may upload. */
import type { Context, MiddlewareHandler } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import { type ModelCard, OptionError, type Settings } from "../../wasm-model/index.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import type { Env } from "../env.ts";
import { ProblemError } from "../http/problems.ts";

/** 1000 evaluations of the default model, and the largest picture. */
const COST_BUDGET = 48e9;

/** The most bytes of an upload, summed over the fields of a form. */
export const MAX_UPLOAD = 262_144;

type Ctx = Context<Env>;

/** What an environment allows. Costs are in multiply-accumulates (wasm-model/render/cost.ts). */
export interface Limits {
  /** The highest cost of a request. */
  readonly budget: number;
  /** The highest cost of what a client may have in flight, at least the budget. */
  readonly inFlight: number;
  /** What a client may spend in a second on average (buckets.ts). Without it, as much as the isolate can do. */
  readonly rate?: number;
}

/** The limits of an environment, from its variables in wrangler.toml. */
export function limitsOf({
  COST_BUDGET: budget = COST_BUDGET,
  COST_IN_FLIGHT: inFlight = budget,
  COST_RATE: rate,
}: Env["Bindings"]): Limits {
  return {
    budget: Number(budget),
    inFlight: Math.max(Number(inFlight), Number(budget)),
    ...(rate !== undefined && { rate: Number(rate) }),
  };
}

/** Throws `OptionError` for a picture that costs more than a request may. It names the option that makes it so: `n` in a grid, otherwise `steps` or `size`. */
export function checkBudget({ budget }: Limits, cost: number, { n = 1, nfe }: Pick<Settings, "n" | "nfe">, { spec }: ModelCard): void {
  if (cost <= budget) return;
  const key = n > 1 ? "n" : 2 * nfe * macsOf(spec) >= cost ? "steps" : "size";
  throw new OptionError("over-budget", key, `a picture that costs at most ${gmac(budget)}`, `one of ${gmac(cost)}`);
}

/** In billions of multiply-accumulates, rounded up to thousandths. */
export const gmac = (cost: number): string => `${Math.ceil(cost / 1e6) / 1000} GMAC`;

/** Checks the token before the body of an upload is read. Throws as `checkToken` does. */
export const tokenBeforeBody: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === "POST") await checkToken(c);
  await next();
};

/** Throws a `ProblemError` unless the request carries the token, where the Worker has one. The scheme's name may be in upper or lower case (RFC 9110, section 11.1). */
export async function checkToken(c: Ctx): Promise<void> {
  const token = c.env.API_TOKEN;
  const given = c.req.header("Authorization");
  const [, credentials] = /^bearer +(.*)$/i.exec(given ?? "") ?? [];
  if (!token || (await timingSafeEqual(credentials ?? "", token))) return;
  const received = given === undefined ? "nothing" : "another value";
  const mistake = {
    status: 401,
    code: "unauthorized",
    key: "Authorization",
    expected: "`Bearer` and the server's token",
    received,
  } as const;
  throw new ProblemError(mistake, { "WWW-Authenticate": "Bearer" });
}
