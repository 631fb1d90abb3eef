/** The worst mixes of requests for the memory of the Worker's isolate. */
import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { through } from "./bare-worker.ts";

const LARGEST = "n=9&size=341&steps=1&model=fashion-mnist"; // MAX_PIXELS, of one byte each
const LARGEST_RGBA = "n=9&size=200&steps=1&background=transparent&model=fashion-mnist"; // about the highest cost
const LARGEST_COLOUR = "n=4&size=341&steps=1";

let asked = 0;
const seed = (): string => `memory-${process.pid}-${asked++}`;

/** Each request is of a client of its own, or the limits of one client would bound the mix. */
const headers = () => through(`192.0.2.${asked++ % 250}`);

/** The Worker that is asked, and who counts its answers. */
export interface Asked {
  readonly origin: string;
  answered(status: number | undefined): void;
}

type Ask = (worker: Asked) => Promise<unknown>;

const get =
  (query: string): Ask =>
  async ({ origin, answered }) => {
    const response = await fetch(`${origin}/sample?seed=${seed()}&${query}`, { headers: headers() });
    await response.arrayBuffer();
    answered(response.status);
  };

/** A client that asks and does not read, for two seconds. */
const unread =
  (query: string): Ask =>
  async ({ origin, answered }) => {
    const sent = request(`${origin}/sample?seed=${seed()}&${query}`, { headers: headers(), agent: false });
    sent
      .on("error", () => undefined)
      .on("response", (response) => {
        answered(response.statusCode);
        response.pause();
      });
    sent.end();
    await setTimeout(2000);
    sent.destroy();
  };

const times =
  (count: number, ...asks: readonly Ask[]): Ask =>
  (worker) =>
    Promise.all(asks.flatMap((ask) => Array.from({ length: count }, () => ask(worker))));

/** By what they are. */
export const MIXES: Readonly<Record<string, Ask>> = {
  "images, two thousand at once": times(2000, get("size=28")),
  "the largest PNG, sixteen at once": times(16, get(LARGEST)),
  "the largest PNG on a transparent background, sixteen at once": times(16, get(LARGEST_RGBA)),
  "the largest animation, sixteen at once": times(16, get("frames=32&size=181&format=apng&steps=31")),
  "two models, sixteen at once": times(8, get(LARGEST_COLOUR), get(LARGEST)),
  "the largest PNG, sixty-four at once, unread": times(64, unread(LARGEST)),
  "the largest PNG in colour, sixty-four at once, unread": times(64, unread(LARGEST_COLOUR)),
  "eight of each of these kinds at once": times(8, get(LARGEST_RGBA), get(LARGEST_COLOUR), unread(LARGEST_RGBA)),
};
