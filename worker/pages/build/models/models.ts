/** The models of the service, and images drawn on this device beside the server's. */
import { nativeShape } from "../../../../wasm-model/model/card.ts";
import { sha256Hex } from "../../../../wasm-model/sampling/sha256.ts";
import { button, element, find, speaker } from "../../shared/dom.ts";
import { startPage } from "../../shared/page.ts";
import { paint, prepare } from "../../shared/painter.ts";
import { canvasOf } from "../../shared/pixels.ts";
import { fetchImage, inWords, modelField, SERVER, type ServedModel, service } from "../../shared/service.ts";
import { controls, State } from "../../shared/state.ts";

startPage();

/** Defined by the build: by model and version, a line about its quality. */
declare const FIGURES: Readonly<Record<string, string | undefined>>;

/** Images that are compared, with the seeds {seed}/0, {seed}/1, ... */
const IMAGES = 20;

const { models, budget } = await service;
find("#models", HTMLElement).replaceChildren(...models.map(item));

function item({ name, version, labels, bytes, training, cost, asset, ...card }: ServedModel): HTMLElement {
  const { width, height, channels } = nativeShape(card);
  const [columns, rows] = 12 * cost <= budget ? [4, 3] : [1, 1];
  const n = columns * rows;
  const sample = new URL(`sample?${new URLSearchParams({ seed: "card", model: name, ...(n > 1 && { n: String(n) }) })}`, SERVER);
  const alt = n > 1 ? `${n} images by ${name}, not selected` : `An image by ${name}`;
  const lines = [
    `${width} × ${height} pixels, ${channels === 1 ? "grey" : "colour"}; ${(bytes / 1e6).toFixed(1)} MB`,
    `Classes: ${labels.join(", ")}`,
    `Trained on ${training.data} (${training.dataLicence})`,
    FIGURES[`${name}@${version}`] ?? "",
  ];
  return element(
    "li",
    { className: "panel" },
    element("h3", {}, element("a", { href: new URL(asset ?? `v1/models/${name}/model.onnx`, SERVER).href }, name)),
    ...(budget > 0 ? [element("img", { src: sample.href, alt, loading: "lazy", width: columns * width, height: rows * height })] : []),
    ...lines.filter((line) => line !== "").map((line) => element("p", { className: "note" }, line)),
  );
}

const FIELDS = {
  seed: { kind: "text", label: "Seed", default: "7" },
  model: modelField(models),
} as const;
const state = new State(() => FIELDS);

const say = speaker("#status");

const start = button("Compare", compare, { className: "primary" });
find("#controls", HTMLElement).append(controls(state, ["seed", "model"]), start);

async function compare(): Promise<void> {
  start.disabled = true;
  try {
    say(await compareAll());
  } catch (error) {
    say(inWords(error));
  }
  start.disabled = false;
}

async function compareAll(): Promise<string> {
  const { seed, model } = state.values;
  const rows = find("#images tbody", HTMLElement);
  rows.replaceChildren();
  if (!(await prepare(model, say))) return "This device cannot load the model, so there is nothing to compare.";
  find("#images", HTMLElement).hidden = false;
  const times: number[] = [];
  let same = 0;
  for (let k = 0; k < IMAGES; k++) {
    say(`${k} of ${IMAGES} images.`);
    const options = { seed: `${seed}/${k}` };
    const url = new URL(`sample?${new URLSearchParams({ ...options, model })}`, SERVER);
    const hash = await hashOf(await fetchImage(url));
    const drawn = await paint({ operation: "sample", model, options });
    const isSame = (await hashOf(drawn.png)) === hash;
    if (isSame) same++;
    times.push(drawn.milliseconds);
    const canvas = canvasOf(drawn.image, { role: "img", ariaLabel: `The image of ${options.seed}` });
    const cells = [hash.slice(0, 8), `${isSame ? "the same" : "DIFFERS"}, ${inTime(drawn.milliseconds)}`];
    rows.append(
      element(
        "tr",
        {},
        element("td", {}, canvas),
        element("th", { scope: "row" }, options.seed),
        ...cells.map((cell) => element("td", {}, cell)),
      ),
    );
  }
  const median = times.sort((a, b) => a - b)[IMAGES >> 1];
  return `${same} of ${IMAGES} images of this device are the server’s, byte for byte. An image takes ${inTime(median)}.`;
}

const hashOf = async (file: Blob): Promise<string> => sha256Hex(new Uint8Array(await file.arrayBuffer()));

const inTime = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
