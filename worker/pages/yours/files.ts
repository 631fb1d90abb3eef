/** Models as files: what a file has inside, and those that visitors take away. It is loaded once a model is there, or nearly. */
import { type ModelCard, nativeShape } from "../../../wasm-model/model/card.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { encodeSheet, mostInSheet, type SheetImage, type SheetOrigin } from "../../../wasm-model/render/sheet.ts";
import { sha256, toBase64 } from "../../../wasm-model/schema/bytes.ts";
import { escapeHtml } from "../../../wasm-model/schema/text.ts";
import { VisitorError } from "../shared/dom.ts";
import type { Outcome } from "./protocol.ts";
import { newKey } from "./store.ts";

/** What of a model decides how its images are shown. */
type Looks = Pick<Outcome, "labels" | "shape" | "isCutOut" | "isPixelArt">;
export const looksOf = (card: ModelCard): Looks => ({
  labels: card.labels,
  shape: nativeShape(card),
  isCutOut: card.cutOut === true,
  isPixelArt: card.palette !== undefined,
});

/** The model of a file that was not made here. Throws a VisitorError if it is none that draws. */
export function outcomeFromFile(file: Uint8Array<ArrayBuffer>): Outcome {
  const contents = contentsOf(file);
  if (contents.weights.convolutions.size === 0) throw new VisitorError("it is for learning more; the file without “-fp32” draws");
  const { name, training } = contents.card;
  return {
    key: newKey(),
    name,
    seed: training.seed,
    model: file,
    fp32: file,
    sheet: [],
    nearest: [],
    learned: 0,
    ...looksOf(contents.card),
  };
}

function contentsOf(file: Uint8Array): ModelContents {
  try {
    return readModel(file);
  } catch (error) {
    console.warn(error);
    throw new VisitorError("it is no model of Anneal");
  }
}

/** A file of the model, with the name that it has now. */
export function modelFile({ name }: Outcome, file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const contents = readModel(file);
  return contents.card.name === name ? file : writeModel({ ...contents, card: { ...contents.card, name } });
}

/** Images of a model as one sheet, and what a game reads beside it. Throws a VisitorError for more than a file may have. */
export function sheetFor(outcome: Outcome, file: string, images: readonly SheetImage[], options: SheetOrigin["options"]) {
  const most = mostInSheet(images[0].image);
  if (images.length > most) throw new VisitorError(`A sheet has at most ${most} images of this size: choose fewer, or a smaller size.`);
  const { version } = readModel(modelFile(outcome, outcome.model));
  return encodeSheet(images, { file, model: outcome.name, version, options }, outcome.isPixelArt);
}

const STYLE = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { display: grid; gap: 1rem; max-width: 32rem; margin: 2rem auto; padding: 0 1rem; }
anneal-sample { inline-size: 100%; }
p { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0; }
input { flex: 1; }
input, select, button { min-height: 2.75rem; padding: 0 0.75rem; font: inherit; }
`;

const SCRIPT = `
const find = (selector) => document.querySelector(selector);
const [image, name, label] = ["anneal-sample", "#name", "#label"].map(find);
image.model = "data:application/octet-stream;base64," + find("#model").textContent; // no thread of a page from a disk reads its blobs
const draw = () => Object.assign(image, { seed: name.value || "1", label: label?.value || null });
name.addEventListener("input", draw);
label?.addEventListener("change", draw);
find("button").addEventListener("click", async () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await image.toBlob());
  link.download = (name.value || "1") + ".png";
  link.click();
});
draw();
`;

/** Width of a page's images, in those of the model. */
const TIMES = 16;

/** One HTML file that draws with a model: it opens from a disk, without any server, and may load nothing. `element`: the script of the custom element. */
export function pageFor(outcome: Outcome, element: string): string {
  const { name, labels, shape, model } = outcome;
  const scripts = [element, SCRIPT].map((script) => script.replaceAll("</script", "<\\/script"));
  const hashes = (all: readonly string[]): string =>
    all.map((text) => `'sha256-${toBase64(sha256(new TextEncoder().encode(text)))}'`).join(" ");
  const policy = [
    "default-src 'none'",
    `script-src ${hashes(scripts)} 'wasm-unsafe-eval'`,
    `style-src ${hashes([STYLE])}`,
    "worker-src blob:",
    "connect-src data:",
  ].join("; ");
  const kinds = ["", ...labels].map((kind) => `<option value="${escapeHtml(kind)}">${escapeHtml(kind || "surprise me")}</option>`).join("");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(name)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(name)}</h1>
<anneal-sample size="${TIMES * shape.width}"></anneal-sample>
<p><label for="name">Name</label> <input id="name" value="alice" autocomplete="off" spellcheck="false">${labels.length > 1 ? `<select id="label" aria-label="Kind">${kinds}</select>` : ""}<button type="button">Save</button></p>
<script type="text/plain" id="model">${toBase64(modelFile(outcome, model))}</script>
${scripts.map((script) => `<script type="module">${script}</script>`).join("\n")}
</html>
`;
}
