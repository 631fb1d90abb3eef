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
const player = new Player();
const wall = document.querySelector("#wall") ? new Wall() : undefined;
const { download, start } = imagePage(draw);

function draw(state: PageAddress): void {
  const options = optionsOf(state);
  download.clear();
  wall?.mark(options.class === undefined ? options.seed : undefined);
  drawing.run(state.get("on"), async (paint) => {
    const frames: Frame[] = [];
    const drawn = await paint({ operation: "sample", options }, options.n === undefined ? { onFrame: (frame) => frames.push(frame) } : {});
    player.load(frames, drawn.image, autoplay);
    find("#image", HTMLCanvasElement).ariaLabel = inWords(options);
    download.set(drawn.png);
    return drawnBy(drawn);
  });
}

const inWords = ({ seed, class: label, n }: Record<string, string>): string =>
  n === undefined ? `${label ?? "Sample"} drawn from the seed ${seed}` : `Grid of ${n} samples of the seed ${seed}`;

start();
if (wall && drawing.painter.place === "device") {
  wall.draw(drawing.painter).then((sentence) => {
    if (sentence) find("#wall-state", HTMLElement).textContent = sentence;
  });
}
