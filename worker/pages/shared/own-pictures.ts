/** The visitor's own pictures on this device: the database that keeps them, and the inbox in which other pages leave some. */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { toImageData } from "../../drawing/display.ts";
import { raster } from "./raster.ts";
import type { Drawing } from "./strokes.ts";

/** Pixels of a side of what the network sees, unless it is pixel art. */
export const SIDE = 32;
/** The name of pictures that are in no folder. */
export const NO_NAME = "pictures";

export type Crop = "cover" | "contain";

/** A picture, in both ways that it can become a square: RGBA, [SIDE, SIDE, 4], before anything is put behind it. */
export interface SquarePicture extends Readonly<Record<Crop, Uint8Array>> {
  readonly key: string;
  /** Relative to the chosen folder. It decides whether the picture is held out, and its place in the order. */
  readonly path: string;
  /** Of its file. */
  readonly width: number;
  readonly height: number;
  /** Whether the file has transparent pixels. What is beside a picture that is shown whole does not count. */
  readonly isTransparent: boolean;
}

/** A picture that another page has left, for the class of this name. */
export interface LeftPicture {
  readonly picture: SquarePicture;
  readonly name: string;
}

/** A key that no other thing on this device has. */
export const newKey = (): string => `${randomSeed()}${randomSeed()}`;

/** The set as it is kept: each class with the keys of its pictures. */
export interface SetRecord {
  readonly name: string;
  readonly isExample: boolean;
  readonly crop: Crop;
  readonly classes: readonly { readonly key: string; readonly name: string; readonly pictures: readonly string[] }[];
}

/** What is kept is of one tab, and this is the name of its lock and of the channel on which tabs speak. */
export const NAME = "anneal-yours";
/** The version changes whenever a record gets another shape; what an earlier one kept is dropped. */
const VERSION = 4;
/** What the page keeps, what its learning thread keeps, and what other pages have left. */
type Part = "page" | "run" | "inbox";
const PARTS: readonly Part[] = ["page", "run", "inbox"];
/** In `page`: the set, and whether what an earlier version kept was dropped. */
export const [SET, DROPPED] = ["set", "dropped"];

let connection: Promise<IDBDatabase> | undefined;

const forgetConnection = (): void => {
  connection = undefined;
};

async function connect(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = ({ oldVersion }) => {
    for (const name of [...opening.result.objectStoreNames]) opening.result.deleteObjectStore(name);
    for (const part of PARTS) opening.result.createObjectStore(part);
    if (oldVersion > 0) opening.transaction!.objectStore("page").put(true, DROPPED);
  };
  const database = await resultOf(opening);
  database.onclose = forgetConnection;
  database.onversionchange = () => {
    forgetConnection();
    database.close();
  };
  return database;
}

export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export type Stores = Readonly<Record<Part, IDBObjectStore>>;

/** What `work` gives, once the transaction is committed: a request alone succeeds also where there is no room. */
export async function transact<T>(mode: IDBTransactionMode, work: (stores: Stores) => Promise<T>): Promise<T> {
  connection ??= connect();
  connection.catch(forgetConnection);
  const transaction = (await connection).transaction(PARTS, mode);
  const committed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const stores = Object.fromEntries(PARTS.map((part) => [part, transaction.objectStore(part)])) as Stores;
  const result = work(stores).catch((error) => {
    if (transaction.error === null) transaction.abort();
    throw error;
  });
  return (await Promise.all([result, committed]))[0];
}

/** Leaves a picture for Your pictures, which takes it up. Returns how many of its class there are then. Throws where there is no room. */
export async function leavePicture(left: LeftPicture): Promise<number> {
  const count = await transact("readwrite", async ({ page, inbox }) => {
    inbox.put(left, left.picture.key);
    const set = await resultOf<SetRecord | undefined>(page.get(SET));
    const kept = set?.isExample ? [] : (set?.classes ?? []).filter(({ name }) => name === left.name);
    const waiting = (await resultOf<LeftPicture[]>(inbox.getAll())).filter(({ name }) => name === left.name);
    return kept.reduce((sum, { pictures }) => sum + pictures.length, waiting.length);
  });
  const channel = new BroadcastChannel(NAME);
  channel.postMessage("inbox");
  channel.close();
  return count;
}

/** So many drawings are worth a try. */
const BEGINNING = 5;

/** Leaves the drawing for Your pictures. Returns a sentence about it. */
export async function leaveDrawing(
  drawing: Drawing,
  { channels }: ImageShape,
  palette: readonly (readonly number[])[],
  named: string,
): Promise<string> {
  const name = named.trim() || NO_NAME;
  const picture = pictureOf(raster(drawing, { width: SIDE, height: SIDE, channels }, palette), channels, name);
  try {
    const count = await leavePicture({ picture, name });
    return `Added: ${count}${count < BEGINNING ? ` of at least ${BEGINNING}` : ""}.`;
  } catch (error) {
    console.warn(error);
    return "This device has no room to keep it.";
  }
}

function pictureOf(pixels: Uint8Array, channels: number, name: string): SquarePicture {
  const rgba = new Uint8Array(toImageData({ pixels, width: SIDE, height: SIDE, channels }).data);
  const key = newKey();
  return { key, path: `${name}/${key}.png`, width: SIDE, height: SIDE, isTransparent: false, cover: rgba, contain: rgba };
}
