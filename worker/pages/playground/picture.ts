/** The planes side by side with their captions, as a PNG file. */
import { element } from "../shared/dom.ts";
import { canvasPng, contextOf } from "../shared/pixels.ts";

/** Room above a plane for its caption, and between planes, in pixels. */
const CAPTION = 40;
const GAP = 24;

export function pictureOf(figures: readonly HTMLElement[]): Promise<Blob> {
  const style = getComputedStyle(document.documentElement);
  const layers = figures.map((figure) => [...figure.querySelectorAll("canvas")]);
  const size = layers[0][0].width;
  const context = contextOf(element("canvas", { width: figures.length * (size + GAP) + GAP, height: size + CAPTION + GAP }));
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.fillStyle = context.strokeStyle = style.color;
  context.font = `600 ${CAPTION * 0.45}px system-ui, sans-serif`;
  for (const [i, figure] of figures.entries()) {
    const left = GAP + i * (size + GAP);
    context.fillText(figure.querySelector("figcaption")?.textContent ?? "", left, CAPTION * 0.7, size);
    context.strokeRect(left - 0.5, CAPTION - 0.5, size + 1, size + 1);
    for (const layer of layers[i]) context.drawImage(layer, left, CAPTION, size, size);
  }
  return canvasPng(context.canvas);
}
