/** The page at /device. */
import { sha256Hex } from "../../../wasm-model/sampling/sha256.ts";
import { drawInThread } from "../../widget/device.ts";
import { type Script, startThread } from "../../widget/engine-thread.ts";
import type { DrawnImage } from "../../widget/protocol.ts";
import { find, startButtons } from "./dom.ts";
import { fetchPatiently, inWords, SERVER } from "./edge.ts";
import { difference, paint, pixelsOf } from "./pixels.ts";

/** Defined by the build. The bytes are those of onnxruntime's WebAssembly and script. */
declare const THREAD: Script;
declare const ONNXRUNTIME_BYTES: number;

interface Timed {
  readonly image: DrawnImage;
  readonly milliseconds: number;
}

/** The result for one image. */
interface Result {
  readonly isSame: boolean;
  readonly engine: number;
  /** Absent where onnxruntime-web does not run. */
  readonly rival?: { readonly milliseconds: number; readonly difference: number };
}

const draw = drawInThread((onProgress) => startThread(THREAD, new URL("assets/", SERVER), onProgress));
const model = find("#controls", HTMLFormElement).dataset.model ?? "";
const page = find("main", HTMLElement);
const start = find("#start", HTMLButtonElement);
const cancel = find("#cancel", HTMLButtonElement);
const progress = find("#progress", HTMLProgressElement);
const status = find("#status", HTMLElement);
const rows = [...document.querySelectorAll<HTMLTableRowElement>("#images tbody tr")];
const figure = (name: string) => find(`[data-figure="${name}"]`, HTMLElement);

const say = (sentence: string) => {
  status.textContent = sentence;
};

async function run(): Promise<void> {
  const abort = new AbortController();
  cancel.onclick = () => abort.abort();
  setBusy(true);
  try {
    say(await compare(abort.signal));
  } catch (error) {
    say(abort.signal.aborted ? "Cancelled." : inWords(error));
  }
  setBusy(false);
}

function setBusy(isBusy: boolean): void {
  page.ariaBusy = String(isBusy);
  start.disabled = isBusy;
  cancel.hidden = progress.hidden = !isBusy;
}

/**
 * Draws and compares all images; returns the result in words. Throws the signal's reason when aborted, or what
 * `inWords` takes.
 */
async function compare(signal: AbortSignal): Promise<string> {
  progress.removeAttribute("value");
  say("Engine and model are on their way.");
  const seeds = rows.map(({ dataset }) => dataset.seed ?? "");
  if (!(await isHere("simd", seeds[0], signal))) return ABSENT;
  say(`onnxruntime-web is on its way: ${(ONNXRUNTIME_BYTES / 1e6).toFixed(1)} MB before compression.`);
  const hasRival = await isHere("onnxruntime", seeds[0], signal);
  const results: Result[] = [];
  for (const [i, seed] of seeds.entries()) {
    progress.value = i;
    say(`${i} of ${seeds.length} images.`);
    results.push(await compareOne(rows[i], seed, hasRival, signal));
    showFigures(results);
  }
  return summary(results, hasRival);
}

const ABSENT = "This device cannot load the model, so there is nothing to compare. The table’s links lead to the server’s images.";

/** Loads and compiles the runtime and the model, which is not timed. Returns whether they draw here. */
async function isHere(runtime: "simd" | "onnxruntime", seed: string, signal: AbortSignal): Promise<boolean> {
  try {
    await drawn(runtime, seed, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    console.warn(error);
    return false;
  }
}

async function compareOne(row: HTMLTableRowElement, seed: string, hasRival: boolean, signal: AbortSignal): Promise<Result> {
  const url = new URL(`sample?${new URLSearchParams({ seed, model })}`, SERVER);
  const onWait = (seconds: number) => say(`The server is busy: another attempt in ${seconds} s.`);
  const edge = await (await fetchPatiently(url, {}, { signal, longest: Number.POSITIVE_INFINITY, onWait })).blob();
  const hash = sha256Hex(new Uint8Array(await edge.arrayBuffer()));
  const { image, milliseconds: engine } = await drawn("simd", seed, signal);
  const isSame = sha256Hex(image.png) === hash;
  const rival = hasRival ? await drawn("onnxruntime", seed, signal) : undefined;
  const apart = rival ? difference(rival.image, image) : 0;
  paint(find("canvas", HTMLCanvasElement, row), await pixelsOf(edge));
  const [ofEdge, ofEngine, ofRival] = [...row.cells].slice(2);
  ofEdge.replaceChildren(Object.assign(document.createElement("code"), { textContent: hash.slice(0, 8) }));
  ofEngine.textContent = `${isSame ? "the same" : "DIFFERS"}, ${inMilliseconds(engine)}`;
  ofRival.textContent = rival ? `${apart.toFixed(1)} off, ${inMilliseconds(rival.milliseconds)}` : "";
  return { isSame, engine, ...(rival && { rival: { milliseconds: rival.milliseconds, difference: apart } }) };
}

async function drawn(runtime: "simd" | "onnxruntime", seed: string, signal: AbortSignal): Promise<Timed> {
  const begun = performance.now();
  const request = { server: SERVER.href, model, runtime, animate: false, options: { seed } };
  const image = await draw(request, { signal, isVisible: () => true, onProgress: () => undefined });
  return { image, milliseconds: performance.now() - begun };
}

function showFigures(results: readonly Result[]): void {
  const rivals = results.flatMap(({ rival }) => (rival ? [rival] : []));
  figure("same").textContent = `${results.filter(({ isSame }) => isSame).length} of ${results.length}`;
  figure("engine").textContent = inMilliseconds(median(results.map(({ engine }) => engine)));
  if (rivals.length === 0) return;
  figure("onnxruntime").textContent = inMilliseconds(median(rivals.map(({ milliseconds }) => milliseconds)));
  figure("difference").textContent = median(rivals.map(({ difference }) => difference)).toFixed(1);
}

function summary(results: readonly Result[], hasRival: boolean): string {
  const same = results.filter(({ isSame }) => isSame).length;
  const verdict = `${same} of ${results.length} images of this device are the server's, byte for byte.`;
  return hasRival ? verdict : `${verdict} onnxruntime-web does not run here.`;
}

const inMilliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

start.addEventListener("click", run);
startButtons();
