/** The page at /morph. */
import { encodeApng, type TimedImage } from "../../../wasm-model/render/image/png.ts";
import { find, laidOut, save } from "./dom.ts";
import { drawnBy, LatestDrawing } from "./drawing.ts";
import { inWords } from "./edge.ts";
import { optionsOf, type PageAddress } from "./form.ts";
import { imagePage } from "./image-page.ts";
import type { Painter } from "./painter.ts";
import { rememberPixels } from "./pixel-switch.ts";
import { inChannels, paint as show } from "./pixels.ts";

/** Milliseconds for which the slider must rest before the server is asked. This device needs no rest. */
const REST = 200;

/** Images of the animation, from one end to the other. */
const IMAGES = 25;
/** Milliseconds that an image is shown, and each end. */
const [FRAME, END] = [60, 600];

await laidOut();
rememberPixels();
const drawing = new LatestDrawing();
const canvas = find("#image", HTMLCanvasElement);
const position = find("#t", HTMLInputElement);
let resting: ReturnType<typeof setTimeout> | undefined;
const { form, download, start } = imagePage(draw);

function draw(state: PageAddress): void {
  const options = optionsOf(state);
  clearTimeout(resting);
  download.clear();
  drawing.run(state.get("on"), async (paint) => {
    const drawn = await paint({ operation: "sample", options });
    show(canvas, drawn.image);
    canvas.hidden = false;
    canvas.ariaLabel = `Between the seeds ${options.seed} and ${options.to}, at ${options.t ?? "0.5"}`;
    download.set(drawn.png);
    return drawnBy(drawn);
  });
}

position.addEventListener("input", () => {
  const state = form.state();
  state.set("t", position.value);
  clearTimeout(resting);
  resting = setTimeout(() => draw(state), drawing.painter.isOnDevice ? 0 : REST);
});

const button = find("#animation", HTMLButtonElement);
const progress = find("#animation-progress", HTMLProgressElement);
const status = find("#animation-status", HTMLElement);

button.addEventListener("click", async () => {
  button.disabled = true;
  progress.hidden = false;
  try {
    const animation = await animationOf(drawing.painter, optionsOf(form.state()), (done, total) =>
      Object.assign(progress, { max: total, value: done }),
    );
    save("morph.png", animation);
    status.textContent = `${Math.ceil(animation.size / 1000)} kB.`;
  } catch (error) {
    status.textContent = inWords(error);
  }
  progress.hidden = true;
  button.disabled = false;
});

/**
 * An animation from one seed to the other and back. `onProgress`: how many images are drawn, and how many there are.
 * Throws as `Painter.draw` does.
 */
async function animationOf(
  painter: Painter,
  options: Readonly<Record<string, string>>,
  onProgress: (done: number, total: number) => void,
): Promise<Blob> {
  const { signal } = new AbortController();
  const there: TimedImage[] = [];
  for (let i = 0; i < IMAGES; i++) {
    onProgress(i, IMAGES);
    const t = String(i / (IMAGES - 1));
    const { image } = await painter.draw({ operation: "sample", options: { ...options, t } }, { signal });
    there.push({
      image: options.background === "transparent" ? image : inChannels(image, 3),
      duration: i === 0 || i === IMAGES - 1 ? END : FRAME,
    });
  }
  return new Blob([encodeApng([...there, ...there.slice(1, -1).reverse()])], { type: "image/apng" });
}

start();
