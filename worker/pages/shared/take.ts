/** What visitors do with an image: save it in a size, copy the page's link, pass the file itself on. */
import { button, copy, element, save } from "./dom.ts";
import { fileStem } from "./file-names.ts";
import { paint, sized, type Wanted } from "./painter.ts";
import { inWords } from "./service.ts";

/** Widths of files, in native widths: 128, 256 and 512 of 32. */
const TIMES = [4, 8, 16];

export interface Takeable {
  /** Without the ending. */
  readonly name: string;
  readonly wanted: Wanted;
}

/** `native`: the width of the model's own images. `taken`: the image that is shown now, if there is one. `tell`: says what fails. */
export function takeButtons(native: number, taken: () => Takeable | undefined, tell: (sentence: string) => void): HTMLElement {
  const take = async (width: number, act: (name: string, file: Blob) => unknown): Promise<void> => {
    const image = taken();
    if (!image) return;
    try {
      await act(`${fileStem(image.name)}.png`, (await paint(sized(image.wanted, width))).png);
    } catch (error) {
      if ((error as Error).name !== "AbortError") tell(inWords(error)); // the visitor closed the share sheet
    }
  };
  const widths = TIMES.map((times) => times * native);
  const saves = widths.map((width, i) =>
    button(i === 0 ? `Save ${width}` : String(width), () => take(width, save), { title: `PNG, ${width} pixels wide` }),
  );
  const link = button("Copy link", () => copy(link, location.href));
  const share = button("Share", () =>
    take(widths[widths.length - 1], (name, png) =>
      navigator.share({ files: [new File([png], name, { type: "image/png" })], url: location.href }),
    ),
  );
  share.hidden = !navigator.canShare?.({ files: [new File([""], "image.png", { type: "image/png" })] });
  return element("div", { className: "buttons" }, ...saves, link, share);
}
