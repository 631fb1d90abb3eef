/** Draws points on a plane. */
import { isInPlane, type Point, type PointsField, pointsIn, rounded, textOf } from "../../langevin/points.ts";
import { HALF } from "../../langevin/target.ts";

/** A press nearer to a point than this removes it. */
const NEAR = 0.12;

/** By mouse or pen, or by taps of a finger, whose swipes scroll the page. `text`: the points so far. */
export function drawOn(canvases: HTMLElement, { most, spacing }: PointsField, text: () => string, set: (text: string) => void): void {
  const place = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width } = canvases.getBoundingClientRect();
    return [rounded(((clientX - left) / width) * 2 * HALF - HALF), rounded(HALF - ((clientY - top) / width) * 2 * HALF)];
  };
  const distance = ([x, y]: Point, [px, py]: Point) => Math.hypot(px - x, py - y);
  /** Adds a point unless it is too near to another. */
  const add = (at: Point) => {
    const points = pointsIn(text());
    if (!at.every(isInPlane) || points.length >= most || points.some((one) => distance(one, at) < spacing)) return;
    set(textOf([...points, at]));
  };
  const press = (event: PointerEvent) => {
    const at = place(event);
    const points = pointsIn(text());
    const hit = points.find((one) => distance(one, at) < NEAR);
    if (hit) set(textOf(points.filter((one) => one !== hit)));
    else add(at);
    return hit === undefined;
  };
  canvases.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary || event.pointerType === "touch") return;
    if (press(event)) canvases.setPointerCapture(event.pointerId);
  });
  canvases.addEventListener("pointerup", (event) => {
    if (event.isPrimary && event.pointerType === "touch") press(event); // a swipe is cancelled instead
  });
  canvases.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" && canvases.hasPointerCapture(event.pointerId)) add(place(event));
  });
}
