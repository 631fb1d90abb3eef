/** A set: an image for each name, drawn on this device, and a zip of files with these names. */
import { element, find, save, speaker } from "../shared/dom.ts";
import { inWords, VisitorError } from "../shared/errors.ts";
import { namesIn } from "../shared/file-names.ts";
import { type Painted, paint, prepare, type Wanted } from "../shared/painter.ts";
import { canvasOf } from "../shared/pixels.ts";

/** `settings`: yields what to draw for a name, by the page's settings of now. */
export function startSet(model: string, settings: () => (name: string) => Wanted): void {
  const say = speaker("#set-status");
  const saveButton = find("#save-set", HTMLButtonElement);
  let abort = new AbortController();
  let drawn: { readonly file: string; readonly png: Blob }[] = [];

  const drawButton = find("#draw-set", HTMLButtonElement);
  drawButton.disabled = false; // from now on it works
  drawButton.addEventListener("click", async () => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    saveButton.disabled = true;
    drawn = [];
    const sheet = find("#set", HTMLElement);
    try {
      const names = namesIn(find("#names", HTMLTextAreaElement).value);
      const wanted = settings();
      sheet.replaceChildren();
      await prepare(model, say).catch(() => {
        throw new VisitorError("This device cannot load the model, and a set is drawn on the device.");
      });
      for (const [i, { name, file }] of names.entries()) {
        say(`${i} of ${names.length} images.`);
        const image = await paint(wanted(name), { signal });
        sheet.append(tile(name, image));
        drawn.push({ file, png: image.png });
      }
      saveButton.disabled = false;
      say(names.length === 1 ? "One image." : `${names.length} images.`);
    } catch (error) {
      if (!signal.aborted) say(inWords(error));
    }
  });
  saveButton.addEventListener("click", async () => {
    save("set.zip", await zipOf(drawn));
    say("Saved as set.zip.");
  });
}

function tile(name: string, { image }: Painted): HTMLElement {
  return element("li", {}, canvasOf(image, { role: "img", ariaLabel: name }), element("span", {}, name));
}

/** PNG files are compressed already. */
async function zipOf(files: readonly { readonly file: string; readonly png: Blob }[]): Promise<Blob> {
  const { Zip, ZipPassThrough } = await import("fflate");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(new Uint8Array(part));
  });
  for (const { file, png } of files) {
    const entry = new ZipPassThrough(file);
    zip.add(entry);
    entry.push(new Uint8Array(await png.arrayBuffer()), true);
  }
  zip.end();
  return new Blob(parts, { type: "application/zip" });
}
