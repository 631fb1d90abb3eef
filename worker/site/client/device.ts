/** The page at /device. */
import { sha256Hex } from "../../../wasm-model/sampling/sha256.ts";
import { drawInThread } from "../../widget/device.ts";
import { type Script, startThread } from "../../widget/engine-thread.ts";
import type { DrawnImage } from "../../widget/protocol.ts";
import { find, startButtons } from "./dom.ts";
import { fetchPatiently, inWords, SERVER } from "./edge.ts";
import { paint, pixelsOf } from "./pixels.ts";

/** Defined by the build. */
declare const THREAD: Script;

interface Timed {
  readonly image: DrawnImage;
  readonly milliseconds: number;
}

/** The result for one image. */
interface Result {
  readonly isSame: boolean;
  readonly milliseconds: number;
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
  if (!(await isHere(seeds[0], signal))) return ABSENT;
  const results: Result[] = [];
  for (const [i, seed] of seeds.entries()) {
    progress.value = i;
    say(`${i} of ${seeds.length} images.`);
    results.push(await compareOne(rows[i], seed, signal));
    showFigures(results);
  }
  return `${same(results)} of ${results.length} images of this device are the server's, byte for byte.`;
}

const ABSENT = "This device cannot load the model, so there is nothing to compare. The table’s links lead to the server’s images.";

/** Loads engine and model, which is not timed. Returns whether they draw here. */
async function isHere(seed: string, signal: AbortSignal): Promise<boolean> {
  try {
    await drawn(seed, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    console.warn(error);
    return false;
  }
}

async function compareOne(row: HTMLTableRowElement, seed: string, signal: AbortSignal): Promise<Result> {
  const url = new URL(`sample?${new URLSearchParams({ seed, model })}`, SERVER);
  const onWait = (seconds: number) => say(`The server is busy: another attempt in ${seconds} s.`);
  const edge = await (await fetchPatiently(url, {}, { signal, longest: Number.POSITIVE_INFINITY, onWait })).blob();
  const hash = sha256Hex(new Uint8Array(await edge.arrayBuffer()));
  const { image, milliseconds } = await drawn(seed, signal);
  const isSame = sha256Hex(image.png) === hash;
  paint(find("canvas", HTMLCanvasElement, row), await pixelsOf(edge));
  const [ofEdge, ofDevice] = [...row.cells].slice(2);
  ofEdge.replaceChildren(Object.assign(document.createElement("code"), { textContent: hash.slice(0, 8) }));
  ofDevice.textContent = `${isSame ? "the same" : "DIFFERS"}, ${inMilliseconds(milliseconds)}`;
  return { isSame, milliseconds };
}

async function drawn(seed: string, signal: AbortSignal): Promise<Timed> {
  const begun = performance.now();
  const request = { server: SERVER.href, model, animate: false, options: { seed } };
  const image = await draw(request, { signal, isVisible: () => true, onProgress: () => undefined });
  return { image, milliseconds: performance.now() - begun };
}

const same = (results: readonly Result[]): number => results.filter(({ isSame }) => isSame).length;

function showFigures(results: readonly Result[]): void {
  figure("same").textContent = `${same(results)} of ${results.length}`;
  figure("time").textContent = inMilliseconds(median(results.map(({ milliseconds }) => milliseconds)));
}

const inMilliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

start.addEventListener("click", run);
startButtons();
