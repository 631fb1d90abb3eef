/**
 * Names clients: by IPv4 address, by the /64 network of an IPv6 address (a subscriber has all addresses of one), or by
 * the name that an application gives its users.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Context } from "hono";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import type { AnnealOptions } from "./hono.d.ts";
import { asGiven, ConfigurationError } from "./problems.ts";

/** The most characters of a client's name. It bounds the tables of clients. */
export const LONGEST_NAME = 64;

const LONGEST_ADDRESS = 45;
const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const IPV6 = /^[\da-f]{0,4}:[\da-f:.]+$/i;

const NAMELESS = "`rateLimit` works with `client` or `trustProxy` only: this host cannot tell clients apart, so all would share one limit";

/** A `client` of JavaScript may return anything; an asynchronous one returns a promise. */
const notAName = (name: unknown): string =>
  `Expected a string from \`client\` but received ${asGiven(name)}: all clients without a name share one limit`;

/**
 * Names the client of a request by these options, else by its address on this platform; all clients without a name are one.
 * Throws `ConfigurationError` for a rate limit where clients cannot be told apart.
 */
export function clientsOf(
  { client, trustProxy, rateLimit }: Pick<AnnealOptions, "client" | "trustProxy" | "rateLimit">,
  platform?: (c: Context) => string | undefined,
): (c: Context) => string {
  const proxies = Number(trustProxy ?? false);
  const nameOf = client ?? (proxies > 0 ? (c: Context) => forwarded(c.req.header("X-Forwarded-For"), proxies) : platform);
  if (rateLimit !== undefined && !nameOf) throw new ConfigurationError(NAMELESS);
  let isWarned = false;
  return (c) => {
    const name: unknown = nameOf?.(c);
    if (typeof name === "string") return clientOf(name);
    const warning = client ? notAName(name) : rateLimit === undefined ? undefined : NAMELESS;
    if (warning && !isWarned) console.warn(warning);
    isWarned = true;
    return "";
  };
}

/** An address with the port that some proxies write beside it. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]*)\])(?::\d*)?$/;

/**
 * The client's address, as the operator's own proxies state it in the header X-Forwarded-For: the value that the outermost of
 * this many wrote. A proxy appends its value to the list or replaces the list, so whatever a client wrote stands before it.
 * All values that are not addresses are one client, so nobody becomes many clients by making up names.
 */
export function forwarded(list: string | undefined, proxies: number): string {
  const values = list?.split(",");
  const address = (values?.at(-proxies) ?? values?.[0])?.trim().replace(WITH_PORT, "$1$2") ?? "";
  return isAddress(address) ? address : "";
}

const isAddress = (text: string): boolean => text.length <= LONGEST_ADDRESS && (IPV4.test(text) || IPV6.test(text));

/** The client with this address or other name. A name that is too long is replaced by its hash. */
export function clientOf(name: string): string {
  if (name.length > LONGEST_NAME) return sha256Hex(utf8ToBytes(name));
  if (!isAddress(name) || !name.includes(":")) return name;
  const mapped = name.toLowerCase().startsWith(MAPPED) ? name.slice(MAPPED.length) : "";
  return IPV4.test(mapped) ? mapped : networkOf(name);
}

/** The prefix of an IPv4 address mapped to IPv6. */
const MAPPED = "::ffff:";

function networkOf(address: string): string {
  const [head, tail] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const last = tail === "" ? [] : tail.split(":");
    while (groups.length + last.length < 8) groups.push("0");
    groups.push(...last);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0{1,3}(?=.)/, ""))
    .join(":");
}
