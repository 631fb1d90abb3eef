/** What the pages of one image share: the form, the tiles that are links to others, and the image's file. */
import { free, startButtons } from "./dom.ts";
import { type LiveForm, liveForm, type PageAddress } from "./form.ts";
import { pageTiles } from "./tiles.ts";

export interface ImagePage {
  readonly form: LiveForm;
  readonly download: Download;
  /** Draws what the address asks for. */
  start(): void;
}

export function imagePage(draw: (state: PageAddress) => void): ImagePage {
  const loadTiles = pageTiles();
  const download = new Download();
  const form = liveForm({
    onState: draw,
    onParts: () => {
      loadTiles();
      download.offer();
    },
  });
  const start = (): void => {
    form.begin();
    loadTiles();
    startButtons();
  };
  return { form, download, start };
}

/** The download link for the image as this page drew it; the server may be unable to draw it. */
class Download {
  #address: string | undefined;

  /** Withdraws the last image's file. */
  clear(): void {
    if (this.#address) free(this.#address);
    this.#address = undefined;
  }

  /** Replaces the file. */
  set(png: Blob): void {
    this.clear();
    this.#address = URL.createObjectURL(png);
    this.offer();
  }

  /** Points the page's link to the file. Call it again when the page's parts were exchanged. */
  offer(): void {
    const link = document.querySelector<HTMLAnchorElement>("#download");
    if (link && this.#address) link.href = this.#address;
  }
}
