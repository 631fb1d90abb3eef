/**
 * Slows clients down that ask again at once when they are refused. Otherwise they would take most of the one thread, and
 * others' images would wait.
 */
import type { IncomingMessage } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Context } from "hono";

/** Milliseconds between two refusals on a connection, at least; up to half as much more, so that those refused together do not all come back together. */
const PAUSE = 1000;

/** More refusals than this do not wait on one connection: a client that does not wait for answers would fill the memory. */
const MOST_WAITING = 10;

/** When each connection may have its next refusal. */
const nextTimes = new WeakMap<object, number>();

/**
 * Resolves when this answer may be sent, which for all but 429 and 503 is at once. `@hono/node-server` says which
 * connection it is. Hosts that do not say have several threads or limits of their own.
 */
export async function pauseBetweenRefusals({ env }: Context, { status }: Response): Promise<void> {
  const { incoming } = (env ?? {}) as { readonly incoming?: IncomingMessage };
  if (!incoming || (status !== 429 && status !== 503)) return;
  const now = performance.now();
  const time = Math.max(now, nextTimes.get(incoming.socket) ?? 0);
  if (time - now > MOST_WAITING * PAUSE) return void incoming.socket.destroy();
  nextTimes.set(incoming.socket, time + PAUSE * (1 + Math.random() / 2));
  if (time > now) await setTimeout(time - now);
}
