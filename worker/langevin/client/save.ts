/** Files of what is seen: the particles as CSV, the planes as an image. */
import type { Simulation } from "../scene.ts";

/** Room above a plane for its caption, and between planes, in pixels. */
const CAPTION = 40;
const GAP = 24;

/** One line for each particle: the plane, x and y. */
export function csvOf(captions: readonly string[], { planes }: Pick<Simulation, "planes">): string {
  const quoted = captions.map((caption) => `"${caption.replaceAll('"', '""')}"`);
  const lines = planes.flatMap(({ particles }, i) =>
    Array.from({ length: particles.length / 2 }, (_, k) => `${quoted[i]},${particles[2 * k]},${particles[2 * k + 1]}`),
  );
  return ["plane,x,y", ...lines, ""].join("\n");
}

/** The planes side by side with their captions, at most so wide. */
export function sheetOf(figures: readonly HTMLElement[], widest = Number.POSITIVE_INFINITY): HTMLCanvasElement {
  const style = getComputedStyle(document.documentElement);
  const layers = figures.map((figure) => [...figure.querySelectorAll("canvas")]);
  const size = Math.min(layers[0][0].width, Math.floor((widest - GAP) / figures.length) - GAP);
  const canvas = Object.assign(document.createElement("canvas"), {
    width: figures.length * (size + GAP) + GAP,
    height: size + CAPTION + GAP,
  });
  const context = canvas.getContext("2d")!;
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.color;
  context.font = `600 ${CAPTION * 0.45}px system-ui, sans-serif`;
  for (const [i, figure] of figures.entries()) {
    const left = GAP + i * (size + GAP);
    context.fillText(figure.querySelector("figcaption")!.textContent, left, CAPTION * 0.7, size);
    context.strokeStyle = style.color;
    context.strokeRect(left - 0.5, CAPTION - 0.5, size + 1, size + 1);
    for (const layer of layers[i]) context.drawImage(layer, left, CAPTION, size, size);
  }
  return canvas;
}
