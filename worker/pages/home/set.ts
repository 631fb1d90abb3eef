/** A set: an image for each name, drawn on this device, and a zip of files with these names. */
import { element, find, save, speaker, zipMaker, zipOf } from "../shared/dom.ts";
import { draw, latest, type Wanted } from "../shared/draw.ts";
import { canvasOf } from "../shared/pixels.ts";
import { setOf } from "../shared/seeds.ts";

/** `settings`: returns what to draw for a name by the page's present settings. */
export function startSet(settings: () => (name: string) => Wanted): void {
  const drawLatest = latest(speaker("#set-status"));
  const saveButton = find("#save-set", HTMLButtonElement);
  let drawn: { readonly file: string; readonly png: Blob }[] = [];

  const drawButton = find("#draw-set", HTMLButtonElement);
  drawButton.disabled = false; // from now on it works
  drawButton.addEventListener("click", () => {
    saveButton.disabled = true;
    zipMaker().catch(() => undefined); // there may be no network when it is saved
    const wanted = settings();
    drawLatest(async (run) => {
      const names = setOf(find("#names", HTMLTextAreaElement).value);
      const list = find("#set", HTMLElement);
      list.replaceChildren();
      drawn = [];
      for (const [i, { name, file }] of names.entries()) {
        run.tell(`${i} of ${names.length} images.`);
        const { image, png } = await draw(wanted(name), run);
        list.append(element("li", {}, canvasOf(image, { role: "img", ariaLabel: name }), element("span", {}, name)));
        drawn.push({ file, png: await png() });
      }
      saveButton.disabled = false;
      return names.length === 1 ? "One image." : `${names.length} images.`;
    });
  });
  saveButton.addEventListener("click", () =>
    drawLatest(async () => {
      save("set.zip", await zipOf(drawn));
      return "Saved as set.zip.";
    }),
  );
}
