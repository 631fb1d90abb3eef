/** The classes of pictures, a box each: named, added to, and pictures left out. */
import { counted } from "../../../wasm-model/schema/text.ts";
import { button, element, find, oneStop } from "../shared/dom.ts";
import { canvasOf } from "../shared/pixels.ts";
import { newKey, type PictureClass, type PictureSet } from "./picture-set.ts";
import type { Picture } from "./protocol.ts";
import { type Sight, sightOf } from "./sight.ts";
import type { Event } from "./state.ts";

type Send = (event: Event) => void;

/** More are counted, not shown. */
const MOST_SHOWN = 60;

interface Box {
  readonly pictures: PictureClass["pictures"];
  /** What decides how they are shown. */
  readonly look: string;
  readonly whole: HTMLElement;
  showName(name: string): void;
}

let boxes = new Map<string, Box>();

/** Shows the classes; the boxes of those that are as they were stay. */
export function showBoxes(set: PictureSet, send: Send, choose: (into: string) => void): void {
  const { classes, crop } = set;
  const sight = sightOf(set);
  const look = JSON.stringify([crop, sight.art]);
  boxes = new Map(
    classes.map((one) => {
      const shown = boxes.get(one.key);
      const { key, name, pictures } = one;
      const isSame = shown?.pictures === pictures && shown.look === look;
      const box = isSame ? shown : { pictures, look, ...boxOf(one, sight, send, choose) };
      box.showName(name);
      return [key, box];
    }),
  );
  const isFull = classes.length > 0 && classes.every(({ pictures }) => pictures.length > 0); // one empty class is enough
  const whole = [...[...boxes.values()].map(({ whole }) => whole), ...(isFull ? [addition(send)] : [])];
  const place = find("#classes", HTMLElement);
  place.classList.toggle("cut-out", sight.isCutOut);
  place.classList.toggle("pixel-art", typeof sight.art === "object");
  for (const gone of [...place.children].filter((one) => !whole.includes(one as HTMLElement))) gone.remove();
  for (const [i, one] of whole.entries()) if (place.children[i] !== one) place.insertBefore(one, place.children[i]);
}

function addition(send: Send): HTMLElement {
  const add = (): void => {
    send({ type: "add class", key: newKey() });
    find(".class:last-of-type input", HTMLInputElement).select();
  };
  return element("p", {}, button("Add a class", add));
}

function boxOf({ key, pictures }: PictureClass, sight: Sight, send: Send, choose: (into: string) => void) {
  const id = `class-${key}`;
  const field = element("input", { id, type: "text", maxLength: 40, autocomplete: "off", spellcheck: false });
  const add = button("Add", () => choose(key));
  const remove = button("Remove", () => send({ type: "remove", key }));
  let name = "";
  const showName = (now: string): void => {
    name = now;
    field.value = name;
    add.ariaLabel = `Add pictures to ${name}`;
    remove.ariaLabel = `Remove class ${name}`;
  };
  field.addEventListener("change", () => {
    const now = field.value.trim();
    if (now && now !== name) send({ type: "rename class", key, name: now });
    else field.value = name;
  });
  const leaveOut = (gone: number): void => {
    send({ type: "remove", key: pictures[gone].key });
    boxes.get(key)?.whole.querySelectorAll<HTMLElement>(".thumbs button")[Math.max(0, gone - 1)]?.focus();
  };
  const thumbs = element(
    "div",
    { className: "thumbs" },
    ...pictures.slice(0, MOST_SHOWN).map((picture, i) => thumb(picture, sight, () => leaveOut(i))),
  );
  oneStop(thumbs);
  const whole = element(
    "div",
    { className: "panel class" },
    element(
      "p",
      { className: "buttons" },
      element("label", { htmlFor: id }, "Class"),
      field,
      element("span", { className: "note" }, counted(pictures.length, "picture")),
      add,
      remove,
    ),
    thumbs,
    ...(pictures.length > MOST_SHOWN ? [element("p", { className: "note" }, `and ${pictures.length - MOST_SHOWN} more`)] : []),
  );
  return { whole, showName };
}

function thumb(picture: Picture, { width, height, rgbaOf }: Sight, onClick: () => void): HTMLElement {
  const canvas = canvasOf({ width, height, channels: 4, pixels: rgbaOf(picture) }, { ariaHidden: "true" });
  const words = `Leave out ${picture.path}`;
  return button("", onClick, { ariaLabel: words, title: words }, canvas);
}
