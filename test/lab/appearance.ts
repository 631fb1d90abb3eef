/** How white images are. */

/** The least value of a white pixel's channels. */
const WHITE = 250;

/** Share of the pixels whose channels are all white. */
export function whiteOf(images: Uint8Array, channels: number): number {
  let white = 0;
  for (let at = 0; at < images.length; at += channels) if (images.subarray(at, at + channels).every((value) => value >= WHITE)) white++;
  return (white * channels) / images.length;
}
