/** The classes of pictures, a box each: named, added to, and pictures left out. */
import { counted } from "../../../wasm-model/schema/text.ts";
import { button, element, find, makeOneTabStop } from "../shared/dom.ts";
import { newKey } from "../shared/own-pictures.ts";
import { canvasOf } from "../shared/pixels.ts";
import { type PictureClass, type Sight, sightOf } from "./picture-set.ts";
import type { Picture } from "./protocol.ts";
import { allows, type Event } from "./reduce.ts";
import { SHOWN_AT_ONCE, type State } from "./state.ts";

type Send = (event: Event) => void;

interface Box {
  readonly pictures: PictureClass["pictures"];
  /** What decides how they are shown. */
  readonly look: string;
  readonly whole: HTMLElement;
  showName(name: string): void;
}

let boxes = new Map<string, Box>();

/** Shows the classes; the boxes of those that are as they were stay. */
export function showBoxes(state: State, send: Send, choose: (into: string) => void): void {
  const { set, shown } = state;
  const { classes, crop } = set;
  const sight = sightOf(set);
  boxes = new Map(
    classes.map((one) => {
      const { key, name, pictures } = one;
      const [before, count] = [boxes.get(key), Math.min(pictures.length, shown[key] ?? SHOWN_AT_ONCE)];
      const look = JSON.stringify([crop, sight.palette, count]);
      const isSame = before?.pictures === pictures && before.look === look;
      const box = isSame ? before : { pictures, look, ...boxOf(one, count, sight, send, choose) };
      box.showName(name);
      return [key, box];
    }),
  );
  const isFull = classes.length > 0 && classes.every(({ pictures }) => pictures.length > 0); // one empty class is enough
  const whole = [...[...boxes.values()].map(({ whole }) => whole), ...(isFull ? [addButton(send)] : [])];
  const place = find("#classes", HTMLFieldSetElement);
  place.disabled = !allows(state, "remove");
  place.classList.toggle("cut-out", sight.isCutOut);
  place.classList.toggle("pixel-art", sight.palette !== undefined);
  for (const gone of [...place.children].filter((one) => !whole.includes(one as HTMLElement))) gone.remove();
  for (const [i, one] of whole.entries()) if (place.children[i] !== one) place.insertBefore(one, place.children[i]);
}

function addButton(send: Send): HTMLElement {
  const add = (): void => {
    send({ type: "add class", key: newKey() });
    find(".class:last-of-type input", HTMLInputElement).select();
  };
  return element("p", {}, button("Add a class", add));
}

/** `count`: of its pictures that are shown. */
function boxOf({ key, pictures }: PictureClass, count: number, sight: Sight, send: Send, choose: (into: string) => void) {
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
  const focus = (i: number): void => boxes.get(key)?.whole.querySelectorAll<HTMLElement>(".thumbs button")[Math.max(0, i)]?.focus();
  const leaveOut = (gone: number): void => {
    send({ type: "remove", key: pictures[gone].key });
    focus(gone - 1);
  };
  const thumbs = element(
    "div",
    { className: "thumbs" },
    ...pictures.slice(0, count).map((picture, i) => thumbOf(picture, sight, () => leaveOut(i))),
  );
  makeOneTabStop(thumbs);
  const showMore = (): void => {
    send({ type: "show more", key });
    focus(count);
  };
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
    ...(pictures.length > count
      ? [element("p", { className: "more" }, button(`Show ${Math.min(3 * count, pictures.length - count)} more`, showMore))]
      : []),
  );
  return { whole, showName };
}

function thumbOf(picture: Picture, { width, height, rgbaOf }: Sight, onClick: () => void): HTMLElement {
  const canvas = canvasOf({ width, height, channels: 4, pixels: rgbaOf(picture) }, { ariaHidden: "true" });
  const words = `Leave out ${picture.path}`;
  return button("", onClick, { ariaLabel: words, title: words }, canvas);
}
