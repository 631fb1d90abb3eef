/** The Worker under test. */
import { exports } from "cloudflare:workers";

/** Asks the Worker for a path, e.g. `/sample?seed=7`. */
export const ask = (path: string, init?: RequestInit): Promise<Response> =>
  exports.default.fetch(new Request(`https://anneal.test${path}`, init));
