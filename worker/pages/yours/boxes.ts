/** The groups of pictures, a box each: named, added to, and pictures left out. */
import { counted } from "../../../wasm-model/schema/text.ts";
import { button, element, find, makeOneTabStop } from "../shared/dom.ts";
import { canvasOf } from "../shared/pixels.ts";
import { addClass, type PictureClass, type PictureSet, removeFrom, renameClass, type Sight, sightOf } from "./picture-set.ts";
import type { State } from "./state.ts";
import { newKey } from "./store.ts";

/** Has another set take the place of the one that is there. */
type Edit = (of: (set: PictureSet) => PictureSet) => void;

interface Box {
  readonly pictures: PictureClass["pictures"];
  /** What decides how they are shown. */
  readonly look: string;
  readonly whole: HTMLElement;
  showName(name: string): void;
}

/** Pictures that are shown first; each “Show more” shows four times as many. */
const FIRST = 60;

let boxes = new Map<string, Box>();

const thumbsOf = (key: string): HTMLElement[] => [...(boxes.get(key)?.whole.querySelectorAll<HTMLElement>(".thumbs button") ?? [])];

/** Shows the groups; the boxes of those that are as they were stay. */
export function showBoxes({ set }: State, edit: Edit, choose: (into: string) => void): void {
  const { classes, crop } = set;
  const sight = sightOf(set);
  const look = JSON.stringify([crop, sight.palette]);
  boxes = new Map(
    classes.map((one) => {
      const { key, name, pictures } = one;
      const before = boxes.get(key);
      const isSame = before?.pictures === pictures && before.look === look;
      const box = isSame ? before : { pictures, look, ...boxOf(one, Math.max(FIRST, thumbsOf(key).length), sight, edit, choose) };
      box.showName(name);
      return [key, box];
    }),
  );
  const isFull = classes.length > 0 && classes.every(({ pictures }) => pictures.length > 0); // one empty group is enough
  const whole = [...[...boxes.values()].map(({ whole }) => whole), ...(isFull ? [addButton(edit)] : [])];
  const place = find("#classes", HTMLElement);
  place.classList.toggle("cut-out", sight.isCutOut);
  place.classList.toggle("pixel-art", sight.palette !== undefined);
  for (const gone of [...place.children].filter((one) => !whole.includes(one as HTMLElement))) gone.remove();
  for (const [i, one] of whole.entries()) if (place.children[i] !== one) place.insertBefore(one, place.children[i]);
}

function addButton(edit: Edit): HTMLElement {
  const add = (): void => {
    edit((set) => addClass(set, newKey()));
    find(".class:last-of-type input", HTMLInputElement).select();
  };
  return element("p", {}, button("Add a group", add));
}

/** `count`: of its pictures that are shown. */
function boxOf(
  { key, pictures }: PictureClass,
  count: number,
  { width, height, rgbaOf }: Sight,
  edit: Edit,
  choose: (into: string) => void,
) {
  const id = `class-${key}`;
  const field = element("input", { id, type: "text", maxLength: 40, autocomplete: "off", spellcheck: false });
  const add = button("Add", () => choose(key));
  const remove = button("Remove", () => edit((set) => removeFrom(set, key)));
  let name = "";
  const showName = (now: string): void => {
    name = now;
    field.value = name;
    add.ariaLabel = `Add pictures to ${name}`;
    remove.ariaLabel = `Remove group ${name}`;
  };
  field.addEventListener("change", () => {
    const now = field.value.trim();
    if (now && now !== name) edit((set) => renameClass(set, key, now));
    else field.value = name;
  });
  const thumbs = element("div", { className: "thumbs" });
  const more = button("", () => showTo(4 * thumbs.childElementCount));
  function showTo(end: number): void {
    const begin = thumbs.childElementCount;
    for (const [i, picture] of pictures.slice(begin, end).entries()) {
      const leaveOut = (): void => {
        edit((set) => removeFrom(set, picture.key));
        thumbsOf(key)[Math.max(0, begin + i - 1)]?.focus();
      };
      const words = `Leave out ${picture.path}`;
      const canvas = canvasOf({ width, height, channels: 4, pixels: rgbaOf(picture) }, { ariaHidden: "true" });
      thumbs.append(button("", leaveOut, { ariaLabel: words, title: words, tabIndex: -1 }, canvas));
    }
    const left = pictures.length - thumbs.childElementCount;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(3 * thumbs.childElementCount, left)} more`;
    if (begin > 0) thumbsOf(key)[begin]?.focus();
  }
  showTo(count);
  makeOneTabStop(thumbs);
  const label = element("label", { htmlFor: id }, "Group");
  const size = element("span", { className: "note" }, counted(pictures.length, "picture"));
  const whole = element(
    "div",
    { className: "panel class" },
    element("p", { className: "buttons" }, label, field, size, add, remove),
    thumbs,
    more,
  );
  return { whole, showName };
}
