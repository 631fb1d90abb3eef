/**
 * Clients of a crowded Worker: one that asks for as much as it can beside one that asks for little, and many that
 * leave.
 */
import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { cpuOf } from "./measure.ts";

export interface Ask {
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

let asked = 0;
const seed = (): string => `crowd-${process.pid}-${asked++}`;
const from = (address: string) => ({ headers: { "CF-Connecting-IP": address } });

/** Percentiles of milliseconds in words. */
function summary(times: number[]): string {
  times.sort((a, b) => a - b);
  return `median ${times[times.length >> 1].toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms`;
}

/**
 * `loops` of one client ask for grids of 13 images by `avatars`, the costliest requests; another one asks for an image every 100 ms, `images` times. Prints
 * how long those take, and who got what.
 */
export async function fairness(origin: string, loops = 17, images = 100): Promise<void> {
  let isOver = false;
  const grids = { 200: 0, 503: 0 } as Record<number, number>;
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const { status } = await fetch(`${origin}/sample?n=13&model=avatars&seed=${seed()}`, from("192.0.2.1")).then(async (response) => {
        await response.arrayBuffer();
        return response;
      });
      grids[status] = (grids[status] ?? 0) + 1;
      if (status === 503) await setTimeout(100);
    }
  };
  const greedy = Array.from({ length: loops }, loop);
  await setTimeout(1000);
  const times: number[] = [];
  const start = performance.now();
  for (let i = 0; i < images; i++) {
    const began = performance.now();
    const response = await fetch(`${origin}/sample?seed=${seed()}`, from("192.0.2.2"));
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`Expected an image but received status ${response.status}`);
    times.push(performance.now() - began);
    await setTimeout(100);
  }
  const seconds = (performance.now() - start) / 1000;
  isOver = true;
  await Promise.all(greedy);
  console.log(
    `an image while another client asks for grids of 13 in ${loops} loops: ${summary(times)}; ` +
      `${(grids[200] / seconds).toFixed(2)} grids/s for the other, ${grids[503]} x 503`,
  );
}

const upload = encodePng({ pixels: new Uint8Array(784), width: 28, height: 28, channels: 1 });

const KINDS: Readonly<Record<string, () => Ask>> = {
  GET: () => ({ path: `/sample?n=16&seed=${seed()}` }),
  POST: () => ({
    path: `/v1/fashion-mnist/variations?n=16&seed=${seed()}`,
    method: "POST",
    headers: { "Content-Type": "image/png", "Content-Length": String(upload.length) },
    body: upload,
  }),
};

/**
 * How connections end: `reset`, which workerd notices, as it notices every disconnect where Cloudflare runs it;
 * `closed`, which it does not notice here before it has something to send.
 */
const ENDS = ["reset", "closed"] as const;

/**
 * `requests` of each kind are sent and abandoned after 50 ms. Prints the CPU that takes, and how long the next image
 * takes.
 */
export async function departures(origin: string, requests = 2000): Promise<void> {
  for (const end of ENDS) {
    for (const [kind, ask] of Object.entries(KINDS)) {
      let next = 0;
      const cpu = await cpuOf(async () => {
        for (let sent = 0; sent < requests; sent += 200) {
          await Promise.all(Array.from({ length: Math.min(200, requests - sent) }, () => abandon(origin, ask(), end)));
        }
        const start = performance.now();
        const response = await fetch(`${origin}/sample?seed=${seed()}`);
        await response.arrayBuffer();
        next = performance.now() - start;
        if (!response.ok) next = Number.NaN;
      });
      console.log(
        `after ${requests} ${kind} requests that were ${end}: the next image took ${next.toFixed(0)} ms; ${(cpu / 1000).toFixed(2)} s of CPU in all`,
      );
      await setTimeout(2000);
    }
  }
}

async function abandon(origin: string, { path, method = "GET", headers = {}, body }: Ask, end: (typeof ENDS)[number]): Promise<void> {
  const sent = request(origin + path, { method, headers, agent: false });
  sent.on("error", () => undefined).on("response", (response) => response.resume().on("error", () => undefined));
  sent.end(body);
  await setTimeout(50);
  if (end === "reset") sent.socket?.resetAndDestroy();
  else sent.destroy();
}
