/** A request with what is around it: who asks, and what the operator is told of its outcome, once: when the answer is ready, or when the client leaves. */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Context } from "hono";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import type { AnnealEvent, AnnealOptions } from "./hono.d.ts";
import { CLIENT_LEFT, ConfigurationError, type ProblemError } from "./problems.ts";
import { type Allowance, Queue, Ticket } from "./queue.ts";
import type { ServiceSettings } from "./settings.ts";

/** What the build knows of a file of the site. */
export interface SiteFile {
  /** In bytes. */
  readonly length: number;
  /** Of its content, hexadecimal. */
  readonly hash: string;
}

/** By path, with a slash at its beginning. */
export type SiteFiles = Readonly<Record<string, SiteFile>>;

/** Where a host has the site's files. */
export interface Site {
  files(): SiteFiles | Promise<SiteFiles>;
  /** The content of a file in pieces; undefined if it is not there. */
  read(path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

export interface RequestContext {
  readonly c: Context;
  readonly settings: ServiceSettings;
  /** What the service's clients may spend, if that is limited. */
  readonly allowance: Allowance | undefined;
  /** The path that the service is mounted under, without a slash at its end. */
  readonly base: string;
  /** The rest of the request's path, still percent-encoded. */
  readonly path: string;
  /** The client's name; empty for all whose name is not known. */
  readonly client: string;
  readonly site: Site | undefined;
  readonly report: Report;
}

/** Of all services of the process, since they share its thread and memory. */
const QUEUE = new Queue();

/**
 * The ticket of a request, which counts this cost in flight and ends when its client disconnects. Throws a `ProblemError` if the client
 * has too much in flight, the signal's reason if it has disconnected.
 */
export function admit({ c, client, settings }: RequestContext, cost = 0): Ticket {
  const { signal } = c.req.raw;
  signal.throwIfAborted();
  const ticket = new Ticket(QUEUE, client, settings.inFlight, cost);
  signal.addEventListener("abort", () => ticket.end(), { once: true }); // the platform may end the request without running `finally`
  return ticket;
}

/** What is known about a request so far. The parts that learn something write it here. */
export class Report {
  route: string | null = null;
  /** The name of the model that was asked for, if it is served. */
  model: string | undefined;
  /** Of the image that is drawn for the request. */
  ticket: Ticket | undefined;
  /** Whether the image was there already. */
  isCached = false;
  problem: ProblemError | undefined;
  readonly #began = Date.now();
  readonly #c: Context;
  /** None once the request is reported. */
  #onEvent: AnnealOptions["onEvent"];

  constructor(c: Context, onEvent: AnnealOptions["onEvent"]) {
    this.#c = c;
    this.#onEvent = onEvent;
    if (onEvent) c.req.raw.signal.addEventListener("abort", () => this.end(CLIENT_LEFT), { once: true });
  }

  /** Reports the request. Only the first call counts. */
  end(status: number): void {
    const onEvent = this.#onEvent;
    this.#onEvent = undefined;
    // A fault of the operator's function, even of an asynchronous one, is not a fault of the request.
    if (onEvent) continueAfterAnswer(this.#c, (async () => onEvent(this.#event(status), this.#c))().catch(console.error));
  }

  #event(status: number): AnnealEvent {
    const { route, model, ticket, isCached, problem } = this;
    const isRefused = problem !== undefined || status >= 400;
    const done = ticket ? "drawn" : isCached ? "cached" : "answered";
    const type = status === CLIENT_LEFT ? "aborted" : problem?.code === "internal-error" ? "failed" : isRefused ? "refused" : done;
    const key = problem?.code === "unknown-option" ? undefined : problem?.mistake?.key; // what the client calls an option may be the rest of a seed
    return {
      ...{ type, method: this.#c.req.method, route },
      ...(model && { model }),
      ...{ status, ms: Math.max(0, Date.now() - this.#began), cost: ticket?.spent ?? 0 },
      ...(problem && { code: problem.code, ...(key !== undefined && { key }) }),
    };
  }
}

/** Has the platform wait for work that goes on after the answer, where it would not by itself. */
export function continueAfterAnswer(c: Context, work: Promise<unknown>): void {
  try {
    c.executionCtx.waitUntil(work);
  } catch {
    // Hono throws where the platform has no such thing, as in Node
  }
}

/** The most characters of a client's name. It bounds the tables of clients. */
export const LONGEST_NAME = 64;

const LONGEST_ADDRESS = 45;
const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const IPV6 = /^[\da-f]{0,4}:[\da-f:.]+$/i;

const NAMELESS =
  "`rateLimit` works with `client` or `trustProxy` only: this host cannot tell clients apart, so all clients share one limit";

/**
 * Names the client of a request by these options, else by its address on this platform: by IPv4 address, by the /64 network of an
 * IPv6 address (a subscriber has all addresses of one), or by the name that an application gives its users. All clients without a name
 * are one. The function throws what `client` throws, and `ConfigurationError` for what is no name; so does this one, for a rate limit
 * where clients cannot be told apart.
 */
export function clientNamer(
  { client, trustProxy, rateLimit }: Pick<AnnealOptions, "client" | "trustProxy" | "rateLimit">,
  platform?: (c: Context) => string | undefined,
): (c: Context) => string {
  const proxies = Number(trustProxy ?? false);
  const behindProxies = (c: Context): string => addressBehindProxies(c.req.header("X-Forwarded-For"), proxies);
  const nameOf = client ?? (proxies > 0 ? behindProxies : platform);
  if (rateLimit !== undefined && !nameOf) throw new ConfigurationError(NAMELESS);
  let isWarned = rateLimit === undefined;
  return (c) => {
    const name: unknown = nameOf?.(c);
    if (client && typeof name !== "string") {
      Promise.resolve(name).catch(() => undefined); // of an asynchronous function: nobody waits for it
      throw new ConfigurationError(`Expected a string from \`client\` but received one of type ${typeof name}`);
    }
    if (name === undefined && !isWarned) console.warn(NAMELESS);
    isWarned ||= name === undefined;
    return clientFromName(String(name ?? ""));
  };
}

/** An address with the port that some proxies write beside it. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]*)\])(?::\d*)?$/;

/**
 * The client's address, as the operator's own proxies state it in the header X-Forwarded-For: the value that the outermost of
 * this many wrote. A proxy appends its value to the list or replaces the list, so whatever a client wrote stands before it.
 * All values that are not addresses are one client, so nobody becomes many clients by making up names.
 */
export function addressBehindProxies(list: string | undefined, proxies: number): string {
  const values = list?.split(",");
  const address = (values?.at(-proxies) ?? values?.[0])?.trim().replace(WITH_PORT, "$1$2") ?? "";
  return isAddress(address) ? address : "";
}

const isAddress = (text: string): boolean => text.length <= LONGEST_ADDRESS && (IPV4.test(text) || IPV6.test(text));

/** The prefix of an IPv4 address mapped to IPv6. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** The client with this address or other name. A name that is too long is replaced by its hash. */
export function clientFromName(name: string): string {
  if (name.length > LONGEST_NAME) return sha256Hex(utf8ToBytes(name));
  const address = name.replace(MAPPED, "");
  return isAddress(address) && address.includes(":") ? networkOf(address) : address;
}

/** The first four groups of an IPv6 address, in full. */
function networkOf(address: string): string {
  const [first, last = []] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  const groups = [...first, ...zeros, ...last].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
