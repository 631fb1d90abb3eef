/**
 * What is kept on this device, in IndexedDB: each picture and each model once, by its key; beside them the set that names the
 * pictures, the list of the models, and a run that has not ended.
 */
import { type Edit, edited, inKeys, type Keyed, NO_PICTURES, type PictureSet, picturesOf } from "./picture-set.ts";
import type { KeptRun, Outcome, Picture } from "./protocol.ts";

/** The images that a model draws on its wall, by their numbers, which are their seeds: from which on, and those that were chosen. */
export interface Wall {
  readonly first: number;
  readonly chosen: readonly number[];
}

/** By the keys of the models. */
export type Walls = Readonly<Record<string, Wall>>;

export interface Kept {
  readonly set: PictureSet;
  /** The last models, mostly two at most, the newer last, and the key of the one that is shown. */
  readonly models: readonly Outcome[];
  readonly shown: string;
  readonly walls: Walls;
}

export interface Opened extends Kept {
  /** A run: that it was begun, whether it has learned anything that is kept, and whether it waits for the visitor. */
  readonly run?: { readonly isKept: boolean; readonly isPaused: boolean } | undefined;
}

/** Each part happens, or none. */
export interface StoreChange {
  /** Refused while there is a run, of which the pictures are. */
  readonly edit?: Edit;
  /** Those that are new or changed, the keys of those that go, the key of the one that is shown, and walls that are as they were or not. */
  readonly models?: { readonly put: readonly Outcome[]; readonly gone: readonly string[]; readonly shown: string; readonly walls: Walls };
  /** A run that begins or waits, or none any more. */
  readonly run?: { readonly isPaused: boolean } | "gone";
}

export type ChangeResult = "kept" | "no room" | "refused";

/** The version changes whenever a record gets another shape. */
const [DATABASE, VERSION] = ["anneal-yours", 2];
type Part = "records" | "pictures" | "models";
const PARTS: readonly Part[] = ["records", "pictures", "models"];

/** Of a run: that there is one, by the page, and what it has come to, by its thread. */
const [SET, LIST, RUN, LEARNED] = ["set", "models", "run", "learned"];

export interface ModelList {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly walls: Walls;
}

const NO_MODELS: ModelList = { keys: [], shown: "", walls: {} };

/** The list after a change of the models. */
export function listed(list: ModelList, { put, gone, shown, walls }: NonNullable<StoreChange["models"]>): ModelList {
  const keys = [...new Set([...list.keys, ...put.map(({ key }) => key)])].filter((key) => !gone.includes(key));
  const all = Object.entries({ ...list.walls, ...walls }).filter(([key]) => keys.includes(key));
  return { keys, shown, walls: Object.fromEntries(all) };
}

let connection: Promise<IDBDatabase> | undefined;

const forget = (): void => {
  connection = undefined;
};

async function connected(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, VERSION);
  opening.onupgradeneeded = () => {
    for (const name of [...opening.result.objectStoreNames]) opening.result.deleteObjectStore(name); // of another version
    for (const part of PARTS) opening.result.createObjectStore(part, part === "records" ? {} : { keyPath: "key" });
  };
  const database = await settled(opening);
  database.onclose = forget;
  database.onversionchange = () => {
    forget();
    database.close();
  };
  return database;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

type Stores = Readonly<Record<Part, IDBObjectStore>>;

/** What `work` gives, once the transaction is committed: a request alone succeeds also where there is no room. */
async function transact<T>(mode: IDBTransactionMode, work: (stores: Stores) => Promise<T>): Promise<T> {
  connection ??= connected();
  connection.catch(forget);
  const transaction = (await connection).transaction(PARTS, mode);
  const committed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const stores = Object.fromEntries(PARTS.map((part) => [part, transaction.objectStore(part)])) as Stores;
  const worked = work(stores).catch((error) => {
    if (transaction.error === null) transaction.abort();
    throw error;
  });
  return (await Promise.all([worked, committed]))[0];
}

const read = <T>(store: IDBObjectStore, key: string): Promise<T | undefined> => settled(store.get(key));

/** Nothing is there if nothing is kept, or if the browser keeps nothing, as in some private windows. */
async function open(): Promise<Opened> {
  return transact("readonly", async ({ records, pictures, models }) => {
    const set = (await read<PictureSet<Keyed>>(records, SET)) ?? NO_PICTURES;
    const all = new Map((await settled<Picture[]>(pictures.getAll())).map((picture) => [picture.key, picture]));
    const classes = set.classes.map((one) => ({ ...one, pictures: one.pictures.flatMap(({ key }) => all.get(key) ?? []) }));
    const { keys, ...list } = (await read<ModelList>(records, LIST)) ?? NO_MODELS;
    const found = await Promise.all(keys.map((key) => read<Outcome>(models, key)));
    const run = await read<{ readonly isPaused: boolean }>(records, RUN);
    const isKept = (await settled(records.getKey(LEARNED))) !== undefined;
    const known = found.filter((one) => one !== undefined);
    return { ...list, set: { ...set, classes }, models: known, run: run && { ...run, isKept } };
  }).catch((error) => {
    console.warn(error);
    return { set: NO_PICTURES, ...NO_MODELS, models: [] };
  });
}

async function change({ edit, models: list, run }: StoreChange): Promise<ChangeResult> {
  try {
    return await transact("readwrite", async ({ records, pictures, models }) => {
      if (edit && run === undefined && (await read(records, RUN))) return "refused";
      if (edit) {
        const before = (await read<PictureSet<Keyed>>(records, SET)) ?? NO_PICTURES;
        const after = edited(before, inKeys(edit));
        const stay = new Set(picturesOf(after).map(({ key }) => key));
        for (const { key } of picturesOf(before)) if (!stay.has(key)) pictures.delete(key);
        for (const picture of [...(edit.inserted ?? []).flatMap((one) => one.pictures), ...(edit.changed ?? [])]) pictures.put(picture);
        if (after.classes.length === 0) records.delete(SET);
        else records.put(after, SET);
      }
      if (list) {
        const after = listed((await read<ModelList>(records, LIST)) ?? NO_MODELS, list);
        for (const key of list.gone) models.delete(key);
        for (const one of list.put) models.put(one);
        if (after.keys.length === 0) records.delete(LIST);
        else records.put(after, LIST);
      }
      if (run === "gone") for (const key of [RUN, LEARNED]) records.delete(key);
      else if (run) records.put(run, RUN);
      return "kept";
    });
  } catch (error) {
    console.warn(error);
    return "no room";
  }
}

export const store = { open, change };
export type Store = typeof store;

/** What the run that is kept has come to. */
export const keptRun = (): Promise<KeptRun | undefined> => transact("readonly", ({ records }) => read<KeptRun>(records, LEARNED));

/** Keeps what a run has come to. Whether there was room. */
export const keepRun = (run: KeptRun): Promise<boolean> =>
  transact("readwrite", async ({ records }) => {
    records.put(run, LEARNED);
    return true;
  }).catch((error) => {
    console.warn(error);
    return false;
  });
