/**
 * Ends connections whose clients do not read their answers. Node would keep them, and whatever was written to them, for
 * ever: its own timeouts are for requests and for connections without any.
 */
import type { ServerResponse } from "node:http";
import type { Context } from "hono";
import { UNREAD } from "../admission/send.ts";

/**
 * Ends this request's connection when nothing of an answer has been read for UNREAD. `@hono/node-server` says which
 * connection it is. Hosts that do not say have timeouts of their own. Node looks twice before it calls a connection
 * idle, hence half the time.
 */
export function limitReading({ env }: Context): void {
  const { outgoing } = (env ?? {}) as { readonly outgoing?: ServerResponse };
  if (!outgoing) return;
  outgoing.setTimeout(UNREAD / 2, () => outgoing.destroy());
  outgoing.prependOnceListener("finish", () => outgoing.setTimeout(0)); // before Node gives the connection to its next request
}
