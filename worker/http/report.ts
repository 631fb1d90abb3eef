/**
 * Reports each request to the operator, as a log line, to a function, or both. It does so once: when the answer is
 * ready, or when the client leaves.
 */
import type { MiddlewareHandler } from "hono";
import { clientIn } from "./client.ts";
import type { Env, RequestReport } from "./env.ts";
import type { AnnealEvent } from "./hono-options.ts";
import { CLIENT_LEFT } from "./problems.ts";
import { executionOf } from "./span.ts";

export const reporting: MiddlewareHandler<Env> = async (c, next) => {
  const { LOG, ON_EVENT } = c.env;
  const isLogged = ["true", "addresses"].includes(String(LOG));
  if (!isLogged && !ON_EVENT) return next();
  const { method, url } = c.req;
  const began = Date.now();
  let isOver = false;
  const end = (status: number): void => {
    if (isOver) return;
    isOver = true;
    const event = eventOf(report, { method, status, ms: Math.max(0, Date.now() - began) });
    if (isLogged) log({ ...event, ...(LOG === "addresses" && { url, client: clientIn(c) }) });
    if (!ON_EVENT) return;
    const told = tell(ON_EVENT, event);
    executionOf(c)?.waitUntil(told);
  };
  const report: RequestReport = { end };
  c.set("report", report);
  c.req.raw.signal.addEventListener("abort", () => end(CLIENT_LEFT), { once: true });
  await next();
  end(c.res.status);
};

/** A fault of the operator's function, even of an asynchronous one, is not a fault of the request. Never throws. */
async function tell(onEvent: NonNullable<Env["Bindings"]["ON_EVENT"]>, event: AnnealEvent): Promise<void> {
  try {
    await onEvent(event);
  } catch (error) {
    console.error(error);
  }
}

function eventOf({ route, job, isCached, problem }: RequestReport, request: Pick<AnnealEvent, "method" | "status" | "ms">): AnnealEvent {
  const { method, status, ms } = request;
  const isRefused = problem !== undefined || status >= 400;
  const done = job ? "drawn" : isCached ? "cached" : "answered";
  const type = status === CLIENT_LEFT ? "aborted" : problem?.code === "internal-error" ? "failed" : isRefused ? "refused" : done;
  const isOurs = problem?.key !== undefined && problem.code !== "unknown-option"; // what the client calls an option may be the rest of a seed
  const fault = problem && { code: problem.code, ...(isOurs && { key: problem.key }) };
  return { type, method, route: route ?? null, status, ms, cost: job?.spent ?? 0, ...fault };
}

const log = (line: object): void => console.log(JSON.stringify({ time: new Date().toISOString(), ...line }));
