/** A set: an image for each name, drawn on this device, and a zip of files with these names. */
import { element, find, save, speaker, zipMaker, zipOf } from "../shared/dom.ts";
import { draw, type Wanted } from "../shared/draw.ts";
import { inWords } from "../shared/errors.ts";
import { canvasOf } from "../shared/pixels.ts";
import { setOf } from "../shared/seeds.ts";

/** `settings`: returns what to draw for a name by the page's present settings. */
export function startSet(settings: () => (name: string) => Wanted): void {
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
    const list = find("#set", HTMLElement);
    zipMaker().catch(() => undefined); // there may be no network when it is saved
    try {
      const names = setOf(find("#names", HTMLTextAreaElement).value);
      const wanted = settings();
      list.replaceChildren();
      for (const [i, { name, file }] of names.entries()) {
        say(`${i} of ${names.length} images.`);
        const { image, png } = await draw(wanted(name), { signal, tell: say });
        list.append(element("li", {}, canvasOf(image, { role: "img", ariaLabel: name }), element("span", {}, name)));
        drawn.push({ file, png });
      }
      saveButton.disabled = false;
      say(names.length === 1 ? "One image." : `${names.length} images.`);
    } catch (error) {
      if (!signal.aborted) say(inWords(error));
    }
  });
  saveButton.addEventListener("click", async () => {
    try {
      save("set.zip", await zipOf(drawn));
      say("Saved as set.zip.");
    } catch (error) {
      say(inWords(error));
    }
  });
}
