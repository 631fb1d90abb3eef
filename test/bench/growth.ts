/**
 * `npm run bench -- growth [requests]`: memory of the Worker's process (RSS) and of its isolate, while it answers that
 * many requests, in bursts of 100 at once: images of one evaluation, and in turn each kind of answer that takes no
 * drawing; the same with the isolate's garbage collected after each part; and of a process of the same runtime whose
 * Worker draws nothing and answers with as many bytes. What grows in the second is kept by somebody. What the first gains
 * beyond that is garbage that V8 has not collected yet, with what workerd has allocated for it; so it is in the third.
 * Linux only.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { buildSite } from "../../worker/node/build.ts";
import { bundleForWorkerd, removeBundle } from "../support/bare-worker.ts";
import { inspected } from "./inspector.ts";
import { residentMemory } from "./measure.ts";

const { processedArgs } = newCommand("bench growth")
  .description("Measures the memory of the Worker's process under a flood, beside one whose Worker draws nothing.")
  .argument("[requests]", "requests to each process", numberIn("requests", 2000, 1e7), 100_000)
  .parse(process.argv);
const [REQUESTS] = processedArgs as [number];
const PARTS = 20;
const BURST = 100;

let asked = 0;

/** An image, and each kind of answer that takes no drawing: 404, 400, 410, JSON. */
const PATHS: readonly ((id: string) => string)[] = [
  (id) => `/sample?steps=1&seed=${id}`,
  (id) => `/nowhere/${id}`,
  (id) => `/sample?steps=1&sampler=${id}`,
  (id) => `/v1/fashion-mnist@00000000/${id}.png`,
  () => "/v1/models",
];

async function answer(origin: string, number: number): Promise<ArrayBuffer> {
  const path = PATHS[number % PATHS.length](`growth-${process.pid}-${number}`);
  const headers = { "CF-Connecting-IP": `192.0.2.${number % 250}` }; // or the limits of one client would bound the burst
  const response = await fetch(origin + path, { headers });
  if (response.status >= 500) throw new Error(`Expected an answer to ${path} but received status ${response.status}`);
  return response.arrayBuffer();
}

/** A Worker that answers every request with these bytes, a copy each. */
function controlBundle(file: ArrayBuffer): string {
  const folder = mkdtempSync(join(tmpdir(), "anneal-control-"));
  writeFileSync(
    join(folder, "index.js"),
    `const file = new Uint8Array([${new Uint8Array(file)}]);
    export default { fetch: () => new Response(file.slice(), { headers: { "Content-Type": "image/png" } }) };`,
  );
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)], sockets = [(name = "http", http = (), service = "main")]);
const worker :Workerd.Worker = (modules = [(name = "index.js", esModule = embed "index.js")], compatibilityDate = "2026-11-02");
`,
  );
  return folder;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** Prints the memory after each part. Returns a file that the Worker has drawn. */
function growth(name: string, bundle: string, collect = false): Promise<ArrayBuffer> {
  return inspected(bundle, async (origin, inspector) => {
    const sizes: number[] = [];
    console.log(`${name}\n| requests | process, MB | heap, MB | buffers, MB |\n|---|---|---|---|`);
    for (let part = 1; part <= PARTS; part++) {
      for (let sent = 0; sent < REQUESTS / PARTS; sent += BURST)
        await Promise.all(Array.from({ length: BURST }, () => answer(origin, asked++)));
      if (collect) await inspector.collectGarbage();
      const { heap, buffers } = await inspector.memory();
      sizes.push(residentMemory());
      console.log(`| ${[(part * REQUESTS) / PARTS, ...[sizes.at(-1)!, heap, buffers].map(megabytes)].join(" | ")} |`);
    }
    const gain = (100 * (sizes.at(-1)! / sizes[PARTS / 5 - 1] - 1)).toFixed(0);
    console.log(`from a fifth of them to all the process grows by ${gain} %\n`);
    return answer(origin, 0); // an image
  });
}

await buildSite();
const bundle = bundleForWorkerd();
const file = await growth("the Worker", bundle);
await growth("the Worker, its garbage collected after each part", bundle, true);
removeBundle(bundle);
const control = controlBundle(file);
await growth("a Worker that draws nothing", control);
removeBundle(control);
