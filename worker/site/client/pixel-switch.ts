/** The switch between smooth images and square pixels, which the style sheet obeys (base.css). All pages remember it. */
import { find } from "./dom.ts";

const KEY = "anneal-pixels";

/** Sets the page's switch as it was left on another page, unless the visitor was faster than the script. */
export function rememberPixels(): void {
  const pixels = find("#pixels", HTMLInputElement);
  try {
    if (!pixels.checked) pixels.checked = localStorage.getItem(KEY) !== null;
    const keep = () => (pixels.checked ? localStorage.setItem(KEY, "") : localStorage.removeItem(KEY));
    keep();
    pixels.addEventListener("change", keep);
  } catch {} // the browser keeps nothing for this site
}
