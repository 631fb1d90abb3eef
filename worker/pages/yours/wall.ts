/** A wall of new images: those that the visitor likes are chosen, and taken away as files for a game or a design. */
import { csvOf, fileStem, imageFiles, type NamedSeed } from "../../../wasm-model/request/file-names.ts";
import { putPixels } from "../../drawing/display.ts";
import { button, element, find, oneStop, save, speaker, zipOf } from "../shared/dom.ts";
import { drawWith, latest } from "../shared/draw.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./protocol.ts";
import { wallOf } from "./state.ts";
import type { Wall } from "./store.ts";

/** What reads models; a page asks for it before it may be without a network. */
export const modelFiles = () => import("./model-file.ts");

/** Images of a wall. */
const COUNT = 60;

/** Sizes of files, in native widths, and how an image gets there. */
const SIZES = [{ times: 1 }, { times: 4, enlarge: "smooth" }, { times: 4, enlarge: "pixels" }, { times: 16 }] as const;
type Size = (typeof SIZES)[number];

const say = speaker("#wall-status");
const takeLatest = latest(say);

/** An image by its number: the classes in turn. */
function named(labels: readonly string[], k: number): NamedSeed {
  return { seed: String(k), ...(labels.length > 1 && { class: labels[(k - 1) % labels.length] }) };
}

/** `file`: where the drawing thread finds the model. */
export function showWall(model: Outcome, file: string, machine: Machine, signal: AbortSignal): void {
  const { shape, labels } = model;
  const { width } = shape;
  const wall = (): Wall => wallOf(machine.state, model);
  const change = (now: Partial<Wall>): void => machine.send({ type: "wall", wall: { ...wall(), ...now } });
  say("");
  const nameOf = (size: Size): string =>
    `${size.times * width} pixels${"enlarge" in size ? `, ${size.enlarge === "smooth" ? "smooth" : "repeated"}` : ""}`;
  const sizes = element("select", { id: "wall-size" }, ...SIZES.map((size, i) => element("option", { value: String(i) }, nameOf(size))));
  /** The options of the size that is chosen for files. */
  function sized(): { readonly size: number; readonly enlarge?: "smooth" | "pixels" } {
    const { times, ...enlarge } = SIZES[Number(sizes.value)];
    return { size: times * width, ...enlarge };
  }
  const draw = (k: number, options: Partial<ReturnType<typeof sized>>, signal: AbortSignal) =>
    drawWith({ file }, { operation: "sample", options: { ...named(labels, k), ...options } }, { signal });

  /** Those that were chosen, in the order of their numbers, or all of the wall; with the names of their files. */
  function taken(): readonly { readonly k: number; readonly file: string }[] {
    const { first, chosen } = wall();
    const numbers = chosen.length > 0 ? chosen.toSorted((a, b) => a - b) : Array.from({ length: COUNT }, (_, i) => first + i);
    const files = imageFiles(numbers.map((k) => named(labels, k)));
    return numbers.map((k, i) => ({ k, file: files[i] }));
  }

  /** Draws what is taken, and saves the zip that `make` makes of it. */
  const take = (what: string, make: (images: Awaited<ReturnType<typeof drawn>>, stem: string) => Promise<Blob>): Promise<void> =>
    takeLatest(async (run) => {
      const stem = fileStem(`${(await machine.latest()).name}-${what}`);
      save(`${stem}.zip`, await make(await drawn(run), stem));
      return `Saved as ${stem}.zip.`;
    });

  async function drawn({ signal, tell }: { readonly signal: AbortSignal; readonly tell: (sentence: string) => void }) {
    const all = taken();
    const images = [];
    for (const { k, file } of all) {
      tell(`${images.length} of ${all.length} images.`);
      const { png, ...image } = await draw(k, sized(), signal);
      images.push({ file, image, png: new Blob([await png()]) });
    }
    return images;
  }

  const saveZip = (): Promise<void> => take("images", zipOf);
  const saveSheet = (): Promise<void> =>
    take("sheet", async (images, stem) => {
      const { sheetFor } = await modelFiles();
      const { png, json } = sheetFor(await machine.latest(), `${stem}.png`, images, sized());
      return zipOf([
        { file: `${stem}.png`, png: new Blob([png]) },
        { file: `${stem}.json`, png: new Blob([json]) },
      ]);
    });
  async function saveList(): Promise<void> {
    const name = `${fileStem(`${(await machine.latest()).name}-list`)}.csv`;
    save(name, new Blob([csvOf(taken().map(({ k }) => named(labels, k)))], { type: "text/csv" }));
    say(`Saved as ${name}.`);
  }

  const place = find("#wall", HTMLElement);
  const count = find("#wall-chosen", HTMLElement);
  const countChosen = (): void => {
    const { length } = wall().chosen;
    count.textContent = length === 0 ? "None is chosen: files have all sixty." : `${length} chosen.`;
    clear.hidden = length === 0;
  };

  function show(): void {
    const { first } = wall();
    const buttons = Array.from({ length: COUNT }, (_, i) => tile(first + i));
    place.replaceChildren(...buttons.map(({ press }) => press));
    oneStop(place);
    countChosen();
    fill(buttons).catch((error) => signal.aborted || console.warn(error));
  }

  async function fill(tiles: readonly { readonly k: number; readonly canvas: HTMLCanvasElement }[]): Promise<void> {
    for (const { k, canvas } of tiles) {
      if (!canvas.isConnected) return;
      putPixels(canvas, await draw(k, {}, signal));
    }
  }

  function tile(k: number) {
    const { seed, class: label } = named(labels, k);
    const canvas = element("canvas", { width: 1, height: 1, ariaHidden: "true" });
    const words = label === undefined ? `Image ${seed}` : `${label} ${seed}`;
    const isChosen = (): boolean => wall().chosen.includes(k);
    const toggle = (): void => {
      const { chosen } = wall();
      change({ chosen: isChosen() ? chosen.filter((one) => one !== k) : [...chosen, k] });
      press.ariaPressed = String(isChosen());
      countChosen();
    };
    const press = button("", toggle, { ariaLabel: words, title: words, ariaPressed: String(isChosen()) }, canvas);
    return { k, canvas, press };
  }

  const more = button("Sixty more", () => {
    change({ first: wall().first + COUNT });
    show();
  });
  const clear = button("Choose none", () => {
    change({ chosen: [] });
    for (const one of place.querySelectorAll("button")) one.ariaPressed = "false";
    countChosen();
  });
  find("#wall-buttons", HTMLElement).replaceChildren(
    more,
    clear,
    element("div", { className: "field" }, element("label", { htmlFor: "wall-size" }, "Size of files"), sizes),
    button("Sheet and JSON", saveSheet),
    button("Zip", saveZip),
    button("List", saveList),
  );
  show();
}
