/** Spans in the platform's trace of a request. Workers have traces; other hosts have none. */
import type { Context } from "hono";
import type { Env } from "./env.ts";

/** Does a part of the work, as a span of this name. */
export function span<T>(c: Context<Env>, name: "decode" | "sample" | "encode", work: () => T): T {
  const { tracing } = (executionOf(c) ?? {}) as Partial<Pick<ExecutionContext, "tracing">>;
  return tracing ? tracing.enterSpan(name, work) : work();
}

/** What the platform gives a request besides its environment; undefined where there is none (Hono throws there). */
export function executionOf(c: Context): Context["executionCtx"] | undefined {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
