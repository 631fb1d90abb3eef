/** A wall of new images: those that the visitor likes are chosen, and taken away as files for a game or a design. */
import { csvOf, fileStem, imageFiles, type NamedSeed } from "../../../wasm-model/request/file-names.ts";
import { putPixels } from "../../drawing/display.ts";
import { button, element, find, labelled, makeOneTabStop, save, speaker, zipOf } from "../shared/dom.ts";
import { type DrawRun, drawWith, latestDrawing } from "../shared/draw.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./protocol.ts";
import type { State } from "./state.ts";
import type { Wall } from "./store.ts";
import { addressOf, modelFiles } from "./threads.ts";

/** Images of a wall. */
const COUNT = 60;

/** Sizes of files, in native widths, and how an image gets there. */
const SIZES = [{ times: 1 }, { times: 4, enlarge: "smooth" }, { times: 4, enlarge: "pixels" }, { times: 16 }] as const;
type SizeOptions = { readonly size: number; readonly enlarge?: "smooth" | "pixels" };

const sizeOptions = ({ shape }: Outcome): SizeOptions[] =>
  SIZES.map(({ times, ...enlarge }) => ({ size: times * shape.width, ...enlarge }));

const say = speaker("#wall-status");
const takeLatest = latestDrawing(say);

/** An image by its number: the classes in turn. */
function seedOf({ labels }: Outcome, k: number): NamedSeed {
  return { seed: String(k), ...(labels.length > 1 && { class: labels[(k - 1) % labels.length] }) };
}

const numbersOf = ({ first }: Wall): number[] => Array.from({ length: COUNT }, (_, i) => first + i);

const drawImage = (model: Outcome, k: number, options: Partial<SizeOptions> = {}, run: DrawRun = {}) =>
  drawWith({ file: addressOf(model) }, { operation: "sample", options: { ...seedOf(model, k), ...options } }, run);

/** Those that were chosen, in the order of their numbers, or all of the wall; with the names of their files. */
function chosenImages({ wall }: State, model: Outcome) {
  const numbers = wall.chosen.length > 0 ? wall.chosen.toSorted((a, b) => a - b) : numbersOf(wall);
  const files = imageFiles(numbers.map((k) => seedOf(model, k)));
  return numbers.map((k, i) => ({ k, file: files[i] }));
}

/** Shows the wall of another model, or what has changed of it. `before`: awaited before its images are drawn. */
export function showWall(state: State, last: State, machine: Machine, before: Promise<void> | undefined): void {
  const { model, wall } = state;
  if (!model) return;
  const isOther = model.key !== last.model?.key;
  if (isOther) makeButtons(machine, model);
  if (isOther || wall.first !== last.wall.first) showTiles(machine, model, numbersOf(wall), before);
  if (!isOther && wall === last.wall) return;
  const { chosen } = wall;
  for (const [i, tile] of [...find("#wall", HTMLElement).children].entries()) tile.ariaPressed = String(chosen.includes(wall.first + i));
  find("#wall-chosen", HTMLElement).textContent =
    chosen.length === 0 ? "None is chosen: files have all sixty." : `${chosen.length} chosen.`;
  find("#choose-none", HTMLElement).hidden = chosen.length === 0;
}

function showTiles(machine: Machine, model: Outcome, numbers: readonly number[], before: Promise<void> | undefined): void {
  const tiles = numbers.map((k) => {
    const canvas = element("canvas", { width: 1, height: 1, ariaHidden: "true" });
    const { seed, class: label } = seedOf(model, k);
    const words = label === undefined ? `Image ${seed}` : `${label} ${seed}`;
    const toggle = (): void => {
      const { chosen } = machine.state.wall;
      changeWall(machine, { chosen: chosen.includes(k) ? chosen.filter((one) => one !== k) : [...chosen, k] });
    };
    return { k, canvas, press: button("", toggle, { ariaLabel: words, title: words }, canvas) };
  });
  const place = find("#wall", HTMLElement);
  place.replaceChildren(...tiles.map(({ press }) => press));
  makeOneTabStop(place);
  async function fill(): Promise<void> {
    await before;
    for (const { k, canvas } of tiles) {
      if (!canvas.isConnected) return;
      putPixels(canvas, await drawImage(model, k));
    }
  }
  fill().catch((error) => console.warn(error));
}

const changeWall = (machine: Machine, now: Partial<Wall>): void => machine.send({ type: "wall", wall: { ...machine.state.wall, ...now } });

function makeButtons(machine: Machine, model: Outcome): void {
  say("");
  const sizes = sizeOptions(model);
  const nameOf = ({ size, enlarge }: SizeOptions): string =>
    `${size} pixels${enlarge ? `, ${enlarge === "smooth" ? "smooth" : "repeated"}` : ""}`;
  const field = element("select", { id: "wall-size" }, ...sizes.map((one, i) => element("option", { value: String(i) }, nameOf(one))));

  /** Draws what is taken, and saves the zip that `make` makes of it. */
  const take = (what: string, make: (drawn: Awaited<ReturnType<typeof drawWall>>, stem: string, options: SizeOptions) => Promise<Blob>) =>
    takeLatest(async (run) => {
      const options = sizes[Number(field.value)];
      const size = [options.size, ...(options.enlarge ? [options.enlarge] : [])].join("-");
      const stem = fileStem(`${(await machine.latestModel()).name}-${what}-${size}`);
      save(`${stem}.zip`, await make(await drawWall(options, run), stem, options));
      return `Saved as ${stem}.zip.`;
    });

  async function drawWall(
    options: SizeOptions,
    { signal, tell }: { readonly signal: AbortSignal; readonly tell: (sentence: string) => void },
  ) {
    const all = chosenImages(machine.state, model);
    const images = [];
    for (const { k, file } of all) {
      tell(`${images.length} of ${all.length} images.`);
      const { png, ...image } = await drawImage(model, k, options, { signal });
      images.push({ file, image, png: new Blob([await png()]) });
    }
    return images;
  }

  const saveSheet = (): Promise<void> =>
    take("sheet", async (images, stem, options) => {
      const { sheetFor } = await modelFiles();
      const { png, json } = sheetFor(await machine.latestModel(), `${stem}.png`, images, options);
      return zipOf([
        { file: `${stem}.png`, png: new Blob([png]) },
        { file: `${stem}.json`, png: new Blob([json]) },
      ]);
    });
  async function saveList(): Promise<void> {
    const name = `${fileStem(`${(await machine.latestModel()).name}-list`)}.csv`;
    save(name, new Blob([csvOf(chosenImages(machine.state, model).map(({ k }) => seedOf(model, k)))], { type: "text/csv" }));
    say(`Saved as ${name}.`);
  }

  find("#wall-buttons", HTMLElement).replaceChildren(
    button("Sixty more", () => changeWall(machine, { first: machine.state.wall.first + COUNT })),
    button("Choose none", () => changeWall(machine, { chosen: [] }), { id: "choose-none" }),
    labelled("Size of files", field),
    button("Sheet and JSON", saveSheet),
    button("Zip", () => take("images", zipOf)),
    button("List", saveList),
  );
}
