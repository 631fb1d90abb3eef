/**
 * zod, which only the OpenAPI document needs. Its half a megabyte is evaluated with the first request for that, not while an isolate starts: what is imported by
 * `import()` alone runs when it is asked for. Operations are functions, so `z` is there when they are called.
 */
import type * as ZodOpenApi from "@hono/zod-openapi";

export let z: (typeof ZodOpenApi)["z"];

/** Resolves with the library when `z` can be used. */
export async function loadZod(): Promise<typeof ZodOpenApi> {
  const library = await import("@hono/zod-openapi");
  ({ z } = library);
  return library;
}
