/** What stands behind pictures that are not opaque. */

/** RGB, of 255. */
export const WHITE: readonly number[] = [255, 255, 255];

/** RGBA [N, 4] over one colour, as RGB [N, 3]. */
export function onGround(rgba: Uint8Array, ground = WHITE): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3];
    for (let c = 0; c < 3; c++) rgb[to++] = Math.round((rgba[from + c] * alpha + ground[c] * (255 - alpha)) / 255);
  }
  return rgb;
}
