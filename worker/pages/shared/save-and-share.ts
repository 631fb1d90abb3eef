/** What visitors do with an image: save it in a size, copy the page's link, share the file. */

import { fileStem } from "../../../wasm-model/request/file-names.ts";
import { button, copy, element, errorSentence, find, save } from "./dom.ts";
import { draw, sized, type Wanted } from "./draw.ts";

/** Widths of files, in native widths: 128, 256 and 512 of 32. */
const TIMES = [4, 8, 16];

export interface Shown {
  /** In the file's name, between the model's and the width. */
  readonly name: string;
  readonly wanted: Wanted;
  /** What whoever copies the page's link is told of it. */
  readonly ofLink?: string | undefined;
}

/**
 * The buttons, in `#save-and-share`. `native`: the width of the model's own images. `settled`: until
 * the present values are drawn, which files wait for. Returns what sets the image that is shown now, if there is one.
 */
export function saveAndShare(native: number, settled: () => Promise<void> | undefined): (shown: Shown | undefined) => void {
  let image: Shown | undefined;
  // Beside the buttons, where visitors look when they press one.
  const told = element("output", { className: "note", role: "status" });
  const tell = (sentence: string): void => {
    told.textContent = sentence;
    told.scrollIntoView({ block: "nearest" });
  };
  const withFile = async (width: number, act: (name: string, file: Blob) => unknown): Promise<void> => {
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur(); // takes what is typed, where a tap leaves the focus
    await settled();
    if (!image) return;
    try {
      const name = `${fileStem(`${image.wanted.model}-${image.name}`)}-${width}.png`;
      await act(name, await (await draw(sized(image.wanted, width))).png());
    } catch (error) {
      if ((error as Error).name !== "AbortError") tell(errorSentence(error)); // the visitor closed the share sheet
    }
  };
  const keep = (name: string, file: Blob): void => {
    save(name, file);
    tell(`Saved as ${name}.`);
  };
  const widths = TIMES.map((times) => times * native);
  const saves = widths.map((width, i) =>
    button(i === 0 ? `Save ${width}` : String(width), () => withFile(width, keep), { ariaLabel: `Save ${width} pixels` }),
  );
  const link = button("Copy link", () => {
    if (image?.ofLink) tell(image.ofLink);
    return copy(link, location.href);
  });
  const share = button("Share", () =>
    withFile(widths[widths.length - 1], (name, png) =>
      navigator.share({ files: [new File([png], name, { type: "image/png" })], url: location.href }),
    ),
  );
  share.hidden = !navigator.canShare?.({ files: [new File([""], "image.png", { type: "image/png" })] });
  find("#save-and-share", HTMLElement).append(element("div", { className: "buttons" }, ...saves, link, share), told);
  return (shown) => {
    image = shown;
    told.textContent = "";
    for (const each of [...saves, share]) each.disabled = !shown;
  };
}
