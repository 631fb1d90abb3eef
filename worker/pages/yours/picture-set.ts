/** The visitor's pictures in their classes, and changes of them: the same on the page, with pixels, and where they are kept, by their keys. */
import * as v from "valibot";
import { CLASS_NAME, lookAlike } from "../../../wasm-model/model/card.ts";
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { counted } from "../../../wasm-model/schema/text.ts";
import type { Crop, Picture } from "./protocol.ts";

export interface Keyed {
  readonly key: string;
}

/** A key that no other thing on this device has. */
export const newKey = (): string => `${randomSeed()}${randomSeed()}`;

export interface PictureClass<P extends Keyed = Picture> extends Keyed {
  readonly name: string;
  readonly pictures: readonly P[];
}

export interface PictureSet<P extends Keyed = Picture> {
  /** Of the folder, if there was one. */
  readonly name: string;
  /** Whether all are the example's, which make way for the visitor's own. */
  readonly isExample: boolean;
  readonly crop: Crop;
  readonly classes: readonly PictureClass<P>[];
}

/** The name of pictures that are in no folder. */
export const NO_NAME = "pictures";
export const NO_PICTURES: PictureSet<never> = { name: NO_NAME, isExample: false, crop: "cover", classes: [] };

/** Pictures of a class, which is made if there is none of this key or name. */
export interface Insertion<P extends Keyed = Picture> {
  readonly into: Pick<PictureClass, "key" | "name">;
  readonly pictures: readonly P[];
  /** The place of a new class among the others, and that of the pictures in theirs; at the end if undefined. */
  readonly at?: number | undefined;
  readonly index?: number | undefined;
}

export interface Edit<P extends Keyed = Picture> {
  readonly name?: string | undefined;
  readonly isExample?: boolean;
  readonly crop?: Crop;
  /** Keys of pictures, and of classes, which go if no picture is left in them. */
  readonly removed?: readonly string[];
  readonly inserted?: readonly Insertion<P>[];
  readonly renamed?: Pick<PictureClass, "key" | "name">;
  /** Pictures with other pixels, in place of those with their keys. */
  readonly changed?: readonly P[];
}

export function edited<P extends Keyed>(set: PictureSet<P>, edit: Edit<P>): PictureSet<P> {
  const { removed = [], inserted = [], renamed, changed = [] } = edit;
  const [gone, now] = [new Set(removed), new Map(changed.map((picture) => [picture.key, picture]))];
  let classes = set.classes
    .map((one) => ({
      ...one,
      ...(renamed?.key === one.key && { name: renamed.name }),
      pictures: one.pictures.some(({ key }) => gone.has(key) || now.has(key))
        ? one.pictures.flatMap((picture) => (gone.has(picture.key) ? [] : [now.get(picture.key) ?? picture]))
        : one.pictures, // what shows them need not be made again
    }))
    .filter(({ key, pictures }) => !gone.has(key) || pictures.length > 0);
  for (const { into, pictures, at, index } of inserted) {
    const own = classes.find(({ key }) => key === into.key) ?? classes.find(({ name }) => name === into.name);
    const next = { ...(own ?? { ...into, pictures: [] }) };
    next.pictures = next.pictures.toSpliced(index ?? next.pictures.length, 0, ...pictures);
    classes = own ? classes.map((one) => (one === own ? next : one)) : classes.toSpliced(at ?? classes.length, 0, next);
  }
  const isExample = edit.isExample ?? (set.isExample && !inserted.some(({ pictures }) => pictures.length > 0));
  if (classes.length === 0) return { ...NO_PICTURES, crop: edit.crop ?? set.crop };
  return { name: edit.name ?? set.name, isExample, crop: edit.crop ?? set.crop, classes };
}

/** The edit by keys alone, as the set is kept. */
export function inKeys(edit: Edit): Edit<Keyed> {
  const { inserted = [], changed: _, ...rest } = edit;
  return { ...rest, inserted: inserted.map((one) => ({ ...one, pictures: one.pictures.map(({ key }) => ({ key })) })) };
}

export const picturesOf = <P extends Keyed>({ classes }: Pick<PictureSet<P>, "classes">): P[] =>
  classes.flatMap(({ pictures }) => pictures);

/** A change that takes something away, and in words what; `undo` brings it back to its place. */
export interface Removal {
  readonly edit: Edit;
  readonly what: string;
  readonly undo: Edit;
}

/** The keys of classes and of all that is in them. */
export const keysIn = (classes: readonly PictureClass[]): string[] =>
  classes.flatMap(({ key, pictures }) => [key, ...pictures.map(({ key }) => key)]);

/** Of a class or a picture; undefined if it is not there. */
export function removalOf({ classes, name, isExample }: PictureSet, gone: string): Removal | undefined {
  for (const [at, one] of classes.entries()) {
    const { key, name: label, pictures } = one;
    const index = pictures.findIndex((picture) => picture.key === gone);
    const all = { into: { key, name: label }, at };
    const undo = (insertion: Insertion): Edit => ({ name, isExample, inserted: [insertion] });
    if (key === gone)
      return {
        edit: { removed: keysIn([one]) },
        what: `${counted(pictures.length, "picture")} of ${label}`,
        undo: undo({ ...all, pictures }),
      };
    if (index >= 0)
      return { edit: { removed: [gone] }, what: pictures[index].path, undo: undo({ ...all, index, pictures: [pictures[index]] }) };
  }
  return undefined;
}

export function newName(classes: readonly Pick<PictureClass, "name">[]): string {
  const names = classes.map(({ name }) => name);
  let n = names.length + 1;
  while (names.includes(`class ${n}`)) n++;
  return `class ${n}`;
}

/** Why these pictures cannot be learned; empty if they can. */
export function faultOf({ classes, crop }: PictureSet): string {
  const used = classes.filter((one) => one.pictures.length > 0);
  const wrong = used.find(({ name }) => !v.is(CLASS_NAME, name));
  if (wrong) return `The class "${wrong.name}" has a name that a model's file cannot hold: too long, invisible, or with < > " or \`.`;
  if (lookAlike(used.map(({ name }) => name)) !== undefined) return "Two classes have the same name.";
  const isPlain = (rgba: Uint8Array): boolean => rgba.every((value, i) => value === rgba[i % 4]);
  if (picturesOf({ classes }).every((picture) => isPlain(picture[crop])))
    return "These pictures are of one colour each: there is nothing to learn.";
  return "";
}
