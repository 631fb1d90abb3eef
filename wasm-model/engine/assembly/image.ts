/** Converts between images [C, H, W] and maps of half the size, whose pixels hold 2x2 image pixels: channel (2 dy + dx) C + c. */
import * as layout from "../layout";

/** map = factor x, written into the inner pixels of a padded map. */
export function imageIn(step: usize): void {
  const factor = load<f32>(step + layout.IMAGE_FACTOR);
  const channels = load<i32>(step + layout.OUTPUTS);
  let x = load<usize>(step + layout.SOURCE);
  for (let c = 0; c < channels; c++) {
    for (let h = 0; h < load<i32>(step + layout.HEIGHT); h++) {
      for (let w = 0; w < load<i32>(step + layout.WIDTH); w++, x += 4) store<f32>(mapAddress(step, c, h, w, channels), factor * load<f32>(x));
    }
  }
}

/** result = factor x + map. */
export function imageOut(step: usize): void {
  const factor = load<f32>(step + layout.IMAGE_FACTOR);
  const channels = load<i32>(step + layout.OUTPUTS);
  const toResult = load<usize>(step + layout.IMAGE_RESULT) - load<usize>(step + layout.SOURCE);
  let x = load<usize>(step + layout.SOURCE);
  for (let c = 0; c < channels; c++) {
    for (let h = 0; h < load<i32>(step + layout.HEIGHT); h++) {
      for (let w = 0; w < load<i32>(step + layout.WIDTH); w++, x += 4) {
        store<f32>(x + toResult, factor * load<f32>(x) + load<f32>(mapAddress(step, c, h, w, channels)));
      }
    }
  }
}

@inline
function mapAddress(step: usize, c: i32, h: i32, w: i32, channels: i32): usize {
  const pixel = (h >> 1) * load<i32>(step + layout.IMAGE_MAP_ROW) + (w >> 1) * load<i32>(step + layout.IMAGE_MAP_PIXEL);
  return load<usize>(step + layout.IMAGE_MAP) + pixel + (((((h & 1) << 1) + (w & 1)) * channels + c) << 2);
}
