/** What the operator's own proxies say about a request, in the headers X-Forwarded-Proto, -Host and -For. */
import type { Context } from "hono";
import { clientAt } from "./client.ts";

/** What the client asked for, as far as a proxy says. */
export interface Forwarded {
  readonly protocol?: "http:" | "https:";
  /** With the port, if it is not the protocol's own. */
  readonly host?: string;
  /** The client's address, as `clientOf` takes it. */
  readonly client?: string;
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** An address with the port that some proxies write beside it. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]*)\])(?::\d*)?$/;

/**
 * For each header, the value that the outermost of this many proxies wrote. A proxy appends its value to the list or
 * replaces the list, so whatever a client wrote stands before it. Without proxies, and for values that are not a scheme
 * or host, nothing.
 */
export function forwarded({ req }: Context, proxies: number): Forwarded {
  if (proxies === 0) return {};
  const value = (name: string): string | undefined => {
    const values = req.header(`X-Forwarded-${name}`)?.split(",");
    return (values?.at(-proxies) ?? values?.[0])?.trim();
  };
  const [scheme, host, address] = [value("Proto")?.toLowerCase(), value("Host"), value("For")];
  return {
    ...((scheme === "http" || scheme === "https") && { protocol: `${scheme}:` }),
    ...(host !== undefined && HOST.test(host) && URL.canParse(`http://${host}`) && { host }),
    ...(address !== undefined && { client: clientAt(address.replace(WITH_PORT, "$1$2")) }),
  };
}
