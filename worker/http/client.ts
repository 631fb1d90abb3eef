/**
 * Names clients: by IPv4 address, by the /64 network of an IPv6 address (a subscriber has all addresses of one), or by
 * the name that an application gives its users.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Context } from "hono";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import type { Env } from "./env.ts";

/** The most characters of a client's name. It bounds the tables of clients. */
export const LONGEST_NAME = 64;

const LONGEST_ADDRESS = 45;
const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const IPV6 = /^[\da-f]{0,4}:[\da-f:.]+$/i;

/**
 * The application's name for the client, else its address, if the platform writes that into a header. Without either,
 * all are one client.
 */
export function clientIn(c: Context<Env>): string {
  const { CLIENT, CLIENT_HEADER } = c.env;
  if (CLIENT !== undefined) return clientOf(CLIENT);
  return CLIENT_HEADER === undefined ? "" : clientAt(c.req.header(CLIENT_HEADER));
}

const isAddress = (text: string): boolean => text.length <= LONGEST_ADDRESS && (IPV4.test(text) || IPV6.test(text));

/**
 * The client at an address that a platform writes into a header. All values that are not addresses are one client, so
 * nobody becomes many clients by making up names.
 */
export const clientAt = (address = ""): string => (isAddress(address) ? clientOf(address) : "");

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
