/** Tells the operator the outcome of each request, once: when the answer is ready, or when the client leaves. */
import type { Context, MiddlewareHandler } from "hono";
import type { Env, RequestReport } from "./env.ts";
import type { AnnealEvent, AnnealOptions } from "./hono.d.ts";
import { CLIENT_LEFT } from "./problems.ts";

export const reporting: MiddlewareHandler<Env> = async (c, next) => {
  const { onEvent } = c.env.settings;
  if (!onEvent) return next();
  const { method } = c.req;
  const began = Date.now();
  let isOver = false;
  const end = (status: number): void => {
    if (isOver) return;
    isOver = true;
    const told = tell(onEvent, eventOf(report, { method, status, ms: Math.max(0, Date.now() - began) }));
    executionOf(c)?.waitUntil(told);
  };
  const report: RequestReport = { end };
  c.set("report", report);
  c.req.raw.signal.addEventListener("abort", () => end(CLIENT_LEFT), { once: true });
  await next();
  end(c.res.status);
};

/** A fault of the operator's function, even of an asynchronous one, is not a fault of the request. Never throws. */
async function tell(onEvent: NonNullable<AnnealOptions["onEvent"]>, event: AnnealEvent): Promise<void> {
  try {
    await onEvent(event);
  } catch (error) {
    console.error(error);
  }
}

function eventOf(
  { route, model, job, isCached, problem }: RequestReport,
  request: Pick<AnnealEvent, "method" | "status" | "ms">,
): AnnealEvent {
  const { method, status, ms } = request;
  const isRefused = problem !== undefined || status >= 400;
  const done = job ? "drawn" : isCached ? "cached" : "answered";
  const type = status === CLIENT_LEFT ? "aborted" : problem?.code === "internal-error" ? "failed" : isRefused ? "refused" : done;
  const isOurs = problem?.key !== undefined && problem.code !== "unknown-option"; // what the client calls an option may be the rest of a seed
  const fault = problem && { code: problem.code, ...(isOurs && { key: problem.key }) };
  const named = model !== undefined && { model };
  return { type, method, route: route ?? null, ...named, status, ms, cost: job?.spent ?? 0, ...fault };
}

/** What the platform gives a request besides its environment; undefined where there is none (Hono throws there). */
export function executionOf(c: Context): Context["executionCtx"] | undefined {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
