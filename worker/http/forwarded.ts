/** The client's address, as the operator's own proxies state it in the header X-Forwarded-For. */
import type { Context } from "hono";
import { clientAt } from "./client.ts";

/** An address with the port that some proxies write beside it. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]*)\])(?::\d*)?$/;

/**
 * The client, as `clientOf` takes it, by the value that the outermost of this many proxies wrote. A proxy appends its
 * value to the list or replaces the list, so whatever a client wrote stands before it. Undefined without such a value.
 */
export function forwarded({ req }: Context, proxies: number): string | undefined {
  const values = req.header("X-Forwarded-For")?.split(",");
  const address = (values?.at(-proxies) ?? values?.[0])?.trim();
  return address === undefined ? undefined : clientAt(address.replace(WITH_PORT, "$1$2"));
}
