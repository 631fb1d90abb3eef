/** Build has live parts: the widget, a line that says whether it draws, and the models. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import { element, find, speaker } from "../shared/dom.ts";
import { type DescribedModel, SERVER, startPage } from "../shared/service.ts";

const sayOfWidget = speaker("#drawn-by");
for (const element of document.querySelectorAll("anneal-sample")) {
  element.addEventListener("load", () => sayOfWidget("This device draws the images below."));
  element.addEventListener("error", () => sayOfWidget("This device cannot load the model."));
}
import(/* @vite-ignore */ new URL("embed.js", SERVER).href).catch((error) => {
  console.warn(error);
  sayOfWidget("The widget has not arrived.", () => location.reload()); // browsers do not load a script again
});

const { models, budget } = await startPage(speaker("#models-status"));

find("#models", HTMLElement).replaceChildren(...models.map(item));

function item({ name, version, labels, bytes, training, cost, asset, ...card }: DescribedModel): HTMLElement {
  const { width, height, channels } = nativeShape(card);
  const [columns, rows] = 12 * cost <= budget ? [4, 3] : [1, 1];
  const n = columns * rows;
  const sample = new URL(`sample?${new URLSearchParams({ seed: "card", model: name, ...(n > 1 && { n: String(n) }) })}`, SERVER);
  const alt = n > 1 ? `${n} images by ${name}, not selected` : `An image by ${name}`;
  const lines = [
    `${width} × ${height} pixels, ${channels === 1 ? "grey" : "colour"}; ${(bytes / 1e6).toFixed(1)} MB`,
    `Classes: ${labels.join(", ")}`,
    `Trained on ${training.data} (${training.dataLicence})`,
  ];
  return element(
    "li",
    { className: "panel" },
    element("h3", {}, element("a", { href: new URL(asset ?? `v1/models/${name}/model.onnx`, SERVER).href }, name)),
    ...(budget > 0 ? [element("img", { src: sample.href, alt, loading: "lazy", width: columns * width, height: rows * height })] : []),
    ...lines.map((line) => element("p", { className: "note" }, line)),
  );
}
