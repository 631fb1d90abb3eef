/** The link to the file as it was drawn: the edge may be unable to draw it. */
export class Download {
  #address: string | undefined;

  /** The file of the last picture is no longer offered. */
  clear(): void {
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = undefined;
  }

  /** Offers a picture's file in place of the one before. */
  set(png: Blob): void {
    this.clear();
    this.#address = URL.createObjectURL(png);
    this.offer();
  }

  /** Puts the file behind the page's link, after the server's own link has come anew. */
  offer(): void {
    const link = document.querySelector<HTMLAnchorElement>("#download");
    if (link && this.#address) link.href = this.#address;
  }
}
