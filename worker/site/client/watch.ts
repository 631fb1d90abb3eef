/** The pages at / and /studio: the stage, on which an image is drawn and played. */
import type { Frame } from "../../widget/protocol.ts";
import { find, laidOut } from "./dom.ts";
import { drawnBy, LatestDrawing } from "./drawing.ts";
import { optionsOf, type PageAddress } from "./form.ts";
import { imagePage } from "./image-page.ts";
import { rememberPixels } from "./pixel-switch.ts";
import { Player } from "./player.ts";
import { Wall } from "./wall.ts";

await laidOut();
rememberPixels();
const autoplay = find("#stage", HTMLElement).dataset.autoplay !== undefined;
const drawing = new LatestDrawing();
let latest: PageAddress;
const player = new Player();
const wall = document.querySelector("#wall") ? new Wall() : undefined;
const { download, start } = imagePage(draw);

function draw(state: PageAddress): void {
  latest = state;
  const options = optionsOf(state);
  download.clear();
  wall?.mark(options.class === undefined ? options.seed : undefined);
  drawing.run(state.get("on"), async (paint) => {
    const isGrid = options.n !== undefined;
    const frames: Frame[] = [];
    const drawn = await paint({ operation: "sample", options }, isGrid ? {} : { onFrame: (frame) => frames.push(frame) });
    player.load(frames, drawn.image, { autoplay, isGrid });
    find("#image", HTMLCanvasElement).ariaLabel = inWords(options);
    download.set(drawn.png);
    return drawnBy(drawn);
  });
}

const inWords = ({ seed, class: label, n }: Record<string, string>): string =>
  n === undefined ? `${label ?? "Sample"} drawn from the seed ${seed}` : `Grid of ${n} samples of the seed ${seed}`;

start();
if (drawing.painter.place === "device") begin();

/** Once the model is on this device, it draws the image that the server drew, which comes without frames, and the wall. */
async function begin(): Promise<void> {
  await drawing.painter.prepare();
  if (drawing.painter.isOnDevice && player.lacksFrames) draw(latest);
  const sentence = await wall?.draw(drawing.painter);
  if (sentence) find("#wall-state", HTMLElement).textContent = sentence;
}
