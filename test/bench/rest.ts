/**
 * `npm run bench:rest -- [requests] [query]`: where the time of a default image goes in workerd, of the Worker as it is deployed: samples of its CPU profiler, by what the function belongs to.
 * "The rest" is everything but the network and the PNG file. Shares hold on a busy machine too.
 */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { join } from "node:path";
import { bundleForWorkerd, removeBundle, startBareWorker } from "../support/bare-worker.ts";
import { freePort } from "../support/start-worker.ts";
import { type CallFrame, Inspector, type Profile } from "./inspector.ts";

const [requests = "1000", query = ""] = process.argv.slice(2);
const REQUESTS = Number(requests);

/** Microseconds between two samples. */
const INTERVAL = 100;

const NETWORK = "network (WebAssembly)";
const PNG = "PNG file";
const WAITING = "waiting, and the runtime outside of JavaScript";

/** What a source file belongs to, by the first pattern that its path matches. */
const GROUPS: readonly (readonly [RegExp, string])[] = [
  [/wasm-model\/render\/image\/(png|chunks|text)|fflate/, PNG],
  [/wasm-model\/(engine|runtime)/, "around the network"],
  [/wasm-model\/sampling/, "noise and sampler"],
  [/wasm-model\/render/, "drawing"],
  [/wasm-model\/request|valibot/, "options and recipe"],
  [/noble/, "hashes"],
  [/node_modules\/hono/, "Hono"],
  [/node_modules/, "other libraries"],
  [/worker\//, "the Worker"],
];

const bundle = bundleForWorkerd();
try {
  const sourceOf = sourcesOf(join(bundle, "index.js.map"));
  const { samples, nodes } = await profile();
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const stacks = samples.map((id) => frames.get(id) as CallFrame);
  const groupOf = (frame: CallFrame): string => {
    if (frame.url.startsWith("wasm")) return NETWORK;
    if (frame.url !== "") return GROUPS.find(([pattern]) => pattern.test(sourceOf(frame)))?.[1] ?? "bundle";
    if (["(idle)", "(program)"].includes(frame.functionName)) return WAITING;
    return frame.functionName === "(garbage collector)" ? "garbage collector" : "built-in functions";
  };
  const groups = counted(stacks.map(groupOf));
  table("of each request", groups);
  table("by file", counted(stacks.filter(({ url }) => url !== "" && !url.startsWith("wasm")).map(sourceOf)), 40);
  table("built-in functions", counted(stacks.filter((frame) => frame.url === "").map(({ functionName }) => functionName)), 25);
  const named = (frame: CallFrame): string => `${frame.functionName} ${sourceOf(frame)}:${frame.lineNumber}:${frame.columnNumber}`;
  if (process.env.FUNCTIONS) table("functions", counted(stacks.filter(({ url }) => url !== "").map(named)), Number(process.env.FUNCTIONS));
  const all = [...groups].reduce((sum, [name, count]) => sum + (name === WAITING ? 0 : count), 0);
  const network = groups.get(NETWORK) ?? 0;
  const rest = all - network - (groups.get(PNG) ?? 0);
  console.log(
    `\nthe rest, without network and PNG file: ${microseconds(rest)} us, ${((100 * rest) / network).toFixed(1)} % of the network`,
  );
} finally {
  removeBundle(bundle);
}

async function profile(): Promise<Profile> {
  const port = await freePort();
  const { origin, stop } = await startBareWorker(bundle, port);
  const draw = async (first: number): Promise<void> => {
    for (let i = first; i < first + REQUESTS; i++) {
      const response = await fetch(`${origin}/sample?seed=${i}${query}`);
      if (!response.ok) throw new Error(`Expected an image but received status ${response.status}`);
      await response.arrayBuffer();
    }
  };
  try {
    await draw(0);
    const inspector = await Inspector.connect(port, () => fetch(`${origin}/models`).then((response) => response.arrayBuffer()));
    const found = await inspector.profile(() => draw(REQUESTS), INTERVAL);
    inspector.close();
    return found;
  } finally {
    await stop();
  }
}

/** The path of the file in which a function of the bundle was written. */
function sourcesOf(map: string): (frame: CallFrame) => string {
  const sources = new SourceMap(JSON.parse(readFileSync(map, "utf8")) as SourceMapPayload);
  return ({ lineNumber, columnNumber }) => {
    const entry = sources.findEntry(lineNumber, columnNumber);
    return "originalSource" in entry ? entry.originalSource.replace(/^(\.\.\/)+/, "") : "bundle";
  };
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function microseconds(samples: number): string {
  return ((samples * INTERVAL) / REQUESTS).toFixed(0);
}

/** The largest first, `most` at most. */
function table(title: string, counts: ReadonlyMap<string, number>, most = counts.size): void {
  console.log(`\n| ${title} | us |\n|---|---|`);
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, most);
  for (const [name, count] of sorted) console.log(`| ${name} | ${microseconds(count)} |`);
}
