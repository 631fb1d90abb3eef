/**
 * `npm run bench -- engine [model.onnx]`: the engine beside every other way to run the same network, one thread each,
 * in Node and in Chromium, whose V8 is newer: it translates relaxed dot products to AVX-VNNI, as workerd does. Ratios
 * within one column carry over to other machines of the kind; absolute times do not.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { bundled } from "../support/bundled.ts";
import { launchChromium } from "../support/chromium.ts";
import { startWebPage } from "../support/web-page.ts";
import { type Timing, type Timings, timesHere } from "./evaluations.ts";
import { machine, writeFigures } from "./measure.ts";
import { onnxruntimeNode, tfjsWasm } from "./runtimes.ts";

const SHIPPED = fileURLToPath(new URL("../../wasm-model/models/fashion-mnist/model.onnx", import.meta.url));
const command = newCommand("bench engine")
  .description(
    "Times the engine beside onnxruntime-web in Node and Chromium, and beside tfjs-wasm and native onnxruntime, one thread each.",
  )
  .argument("[model.onnx]", "the model's file (default: the shipped fashion-mnist)")
  .option("--rounds <n>", "how often each takes its turn", numberIn("rounds", 1, 1e4), 12)
  .option("--json <file>", "also write the times, as test/bench/figures/engine.json has them for the README")
  .parse(process.argv);
const [path = SHIPPED] = command.args;
const { rounds, json } = command.opts<{ rounds: number; json?: string }>();
const file = new Uint8Array(await readFile(path));
const model = readModel(file);
const { spec } = model.card;
const macs = macsOf(spec);

console.log(machine());
console.log(`${path}: ${spec.channels}x${spec.height}x${spec.width}, widths ${spec.widths}, ${(macs / 1e6).toFixed(1)} MMAC`);

const here = await timesHere(file, rounds, [await tfjsWasm(model), await onnxruntimeNode(model)]);
const { version, times } = await timesInChromium();
const hosts = { [`Node ${process.versions.node}`]: here, [`Chromium ${version}`]: times };
printTable();
if (json !== undefined) {
  const medians = (times: Timings) => Object.fromEntries(Object.entries(times).map(([name, { median }]) => [name, median]));
  const milliseconds = Object.fromEntries(Object.entries(hosts).map(([host, times]) => [host, medians(times)]));
  writeFigures(json, { macs, milliseconds });
}

async function timesInChromium() {
  const wasm = createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
  const [site, browser] = await Promise.all([
    startWebPage({
      "/evaluations.js": ["text/javascript", await bundled(fileURLToPath(new URL("evaluations.ts", import.meta.url)))],
      "/ort-wasm-simd-threaded.wasm": ["application/wasm", await readFile(wasm)],
      "/model.onnx": ["application/octet-stream", file],
    }),
    launchChromium(),
  ]);
  try {
    // An isolated page's clock is exact to 5 µs, that of others to 100.
    site.set("", { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" });
    const page = await browser.newPage();
    await page.goto(site.url);
    const times = await page.evaluate(async (rounds) => {
      const script: typeof import("./evaluations.ts") = await import("/evaluations.js" as string);
      return script.timesHere(new Uint8Array(await (await fetch("/model.onnx")).arrayBuffer()), rounds);
    }, rounds);
    return { times, version: browser.version().split(".")[0] };
  } finally {
    await Promise.all([browser.close(), site.stop()]);
  }
}

/** A row for each of what took turns, four columns for each host. */
function printTable(): void {
  const reference = "onnxruntime-web, int8 in its fastest form"; // whose speed is 1
  const columns = (...cells: string[]): string => cells.map((cell) => cell.padStart(11)).join("");
  const cells = ({ best, median }: Timing, fastest: number): string =>
    columns(best.toFixed(3), median.toFixed(3), (macs / best / 1e6).toFixed(1), (fastest / best).toFixed(2));
  const all: Timings[] = Object.values(hosts);
  const heads = Object.keys(hosts).map((host) => host.padStart(44));
  console.log(`\n${"".padEnd(50)}${heads.join("")}`);
  console.log("".padEnd(50) + columns("best ms", "median ms", "GMAC/s", "speed").repeat(all.length));
  for (const name of new Set(all.flatMap(Object.keys))) {
    const row = all.map((times) => (times[name] ? cells(times[name], times[reference].best) : columns("", "", "", "")));
    console.log(name.padEnd(50) + row.join(""));
  }
  console.log(`Speed: ${reference} = 1`);
}
