/** The classes of pictures, a box each: named, added to, and pictures left out. */
import { button, element, find } from "../shared/dom.ts";
import { canvasOf } from "../shared/pixels.ts";
import { type Crop, type Picture, type PictureClass, SIDE } from "./protocol.ts";

/** More are counted, not shown. */
const MOST_SHOWN = 60;

export const counted = (count: number): string => (count === 1 ? "1 picture" : `${count} pictures`);

interface Boxes {
  /** The classes after a change by the visitor, which other boxes must show, and in words what is gone. */
  readonly onChange: (classes: readonly PictureClass[], removed?: string) => void;
  /** The classes with a new name. The boxes show it already, and stay, and so does the focus. */
  readonly onRename: (classes: readonly PictureClass[]) => void;
  /** The visitor wants more pictures in this class. */
  readonly onAdd: (label: number) => void;
}

export function showBoxes(shown: readonly PictureClass[], crop: Crop, { onChange, onRename, onAdd }: Boxes): void {
  let classes = shown;
  const changed = (label: number, change: Partial<PictureClass>): readonly PictureClass[] =>
    classes.map((one, i) => (i === label ? { ...one, ...change } : one));
  const boxes = classes.map(({ pictures }, label) => {
    const id = `class-${label}`;
    const field = element("input", { id, type: "text", maxLength: 40, autocomplete: "off", spellcheck: false });
    const add = button("Add", () => onAdd(label));
    const remove = button("Remove", () => {
      const others = classes.filter((_, i) => i !== label);
      onChange(others, `${counted(pictures.length)} of ${classes[label].name}`);
    });
    const showName = (): void => {
      const { name } = classes[label];
      field.value = name;
      add.ariaLabel = `Add pictures to ${name}`;
      remove.ariaLabel = `Remove class ${name}`;
    };
    showName();
    field.addEventListener("change", () => {
      classes = changed(label, { name: field.value.trim() || classes[label].name });
      showName();
      onRename(classes);
    });
    const leaveOut = (gone: number): void => {
      onChange(changed(label, { pictures: pictures.filter((_, i) => i !== gone) }), pictures[gone].path);
      find(`#thumbs-${label}`, HTMLElement).querySelectorAll("button")[Math.max(0, gone - 1)]?.focus();
    };
    return element(
      "div",
      { className: "panel class" },
      element(
        "p",
        { className: "buttons" },
        element("label", { htmlFor: id }, "Class"),
        field,
        element("span", { className: "note" }, counted(pictures.length)),
        add,
        remove,
      ),
      element(
        "div",
        { className: "thumbs", id: `thumbs-${label}` },
        ...pictures.slice(0, MOST_SHOWN).map((picture, i) => thumb(picture, crop, () => leaveOut(i))),
      ),
      ...(pictures.length > MOST_SHOWN ? [element("p", { className: "note" }, `and ${pictures.length - MOST_SHOWN} more`)] : []),
    );
  });
  const add = (): void => {
    onChange([...classes, { name: newName(classes), pictures: [] }]);
    find(`#class-${classes.length}`, HTMLInputElement).select();
  };
  const isFull = classes.length > 0 && classes.every(({ pictures }) => pictures.length > 0); // one empty class is enough
  find("#classes", HTMLElement).replaceChildren(...boxes, ...(isFull ? [element("p", {}, button("Add a class", add))] : []));
}

function newName(classes: readonly PictureClass[]): string {
  const names = classes.map(({ name }) => name);
  let n = names.length + 1;
  while (names.includes(`class ${n}`)) n++;
  return `class ${n}`;
}

function thumb(picture: Picture, crop: Crop, onClick: () => void): HTMLElement {
  const canvas = canvasOf({ width: SIDE, height: SIDE, channels: 3, pixels: picture[crop] }, { ariaHidden: "true" });
  const words = `Leave out ${picture.path}`;
  return button("", onClick, { ariaLabel: words, title: words }, canvas);
}
