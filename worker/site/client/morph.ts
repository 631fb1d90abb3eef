/** The page at /morph. */
import { animationOf } from "./animation.ts";
import { copyButtons } from "./copy.ts";
import { find } from "./dom.ts";
import { Download } from "./download.ts";
import { Drawing, drawnBy } from "./drawing.ts";
import { inWords } from "./edge.ts";
import { liveForm, optionsOf, type State } from "./form.ts";
import { laidOut } from "./laid-out.ts";
import { paint as show } from "./pixels.ts";
import { pageTiles } from "./tiles.ts";

/** Milliseconds that the slider rests before the edge is asked; this device keeps up with it. */
const REST = 200;

await laidOut();
const drawing = new Drawing();
const loadTiles = pageTiles();
const canvas = find("#picture", HTMLCanvasElement);
const position = find("#t", HTMLInputElement);
let resting: ReturnType<typeof setTimeout> | undefined;
const download = new Download();

const form = liveForm({
  onState: draw,
  onParts: () => {
    loadTiles();
    download.offer();
  },
});

function draw(state: State): void {
  const options = optionsOf(state);
  clearTimeout(resting);
  download.clear();
  drawing.run(state.get("on"), async (paint) => {
    const drawn = await paint({ operation: "sample", options });
    show(canvas, drawn.picture);
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
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(animation), download: "morph.png" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    status.textContent = `${Math.ceil(animation.size / 1000)} kB.`;
  } catch (error) {
    status.textContent = inWords(error);
  }
  progress.hidden = true;
  button.disabled = false;
});

draw(form.state());
loadTiles();
copyButtons();
