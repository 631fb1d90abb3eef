/**
 * `npm run bench -- rest [requests]`: where the time of a default image goes in workerd, of the Worker as it is
 * deployed: samples of the CPU profiler, by what the function that runs belongs to. The profiler takes time itself, and
 * on a busy machine it misses samples: compare shares, not times.
 */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { join, relative, resolve } from "node:path";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { bundleForWorkerd, removeBundle } from "../support/bare-worker.ts";
import { type CallFrame, inspected, type Profile } from "./inspector.ts";

const { processedArgs } = newCommand("bench rest")
  .description("Tells where the time of a default image goes in workerd, by what the running function belongs to.")
  .argument("[requests]", "images that are profiled", numberIn("requests", 1, 1e6), 1000)
  .parse(process.argv);
const [REQUESTS] = processedArgs as [number];
const ROOT = resolve(import.meta.dirname, "../..");

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
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const callerOf = new Map(nodes.flatMap(({ children = [], callFrame }) => children.map((id) => [id, callFrame] as const)));
  const groupOf = (frame: CallFrame): string => {
    if (frame.url.startsWith("wasm")) return NETWORK;
    if (frame.url !== "") return GROUPS.find(([pattern]) => pattern.test(sourceOf(frame)))?.[1] ?? "other code";
    if (["(idle)", "(program)"].includes(frame.functionName)) return WAITING;
    return frame.functionName === "(garbage collector)" ? "garbage collector" : "built-in functions";
  };
  const inFull = (id: number, frame: CallFrame): string => {
    const caller = callerOf.get(id);
    return frame.url === ""
      ? `${frame.functionName || "(unnamed)"}, called from ${caller?.url ? sourceOf(caller) : "the runtime"}`
      : sourceOf(frame);
  };
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  for (const id of samples) {
    const { callFrame } = nodeOf.get(id) as Profile["nodes"][number];
    const group = groupOf(callFrame);
    count(groups, group);
    if (group !== NETWORK && group !== WAITING) count(functions, inFull(id, callFrame));
  }
  table("of each request", groups);
  table("functions, by the line where they begin", functions, 40);
  const network = groups.get(NETWORK) ?? 0;
  const rest = samples.length - network - (groups.get(WAITING) ?? 0);
  console.log(`\neverything but the network: ${((100 * rest) / network).toFixed(1)} % of the network`);
} finally {
  removeBundle(bundle);
}

function profile(): Promise<Profile> {
  return inspected(
    bundle,
    async (origin, inspector) => {
      const draw = async (): Promise<void> => {
        for (let i = 0; i < REQUESTS; i++) {
          const response = await fetch(`${origin}/sample?seed=${i}`);
          if (!response.ok) throw new Error(`Expected an image but received status ${response.status}`);
          await response.arrayBuffer();
        }
      };
      return inspector.profile(draw, INTERVAL);
    },
    REQUESTS,
  );
}

/** Where a function of the bundle was written: path and line. */
function sourcesOf(map: string): (frame: CallFrame) => string {
  const sources = new SourceMap(JSON.parse(readFileSync(map, "utf8")) as SourceMapPayload);
  return ({ lineNumber, columnNumber }) => {
    const entry = sources.findEntry(lineNumber, columnNumber);
    return "originalSource" in entry ? `${relative(ROOT, resolve(bundle, entry.originalSource))}:${entry.originalLine + 1}` : "bundle";
  };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
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
