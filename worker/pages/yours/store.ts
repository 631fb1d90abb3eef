/**
 * What is kept on this device, in IndexedDB, of which one tab is the owner: each picture once, by its key, beside them the set that
 * names them, the model and its wall, and a run that has not ended. Each transaction of a tab that is not the owner any more is refused.
 */
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { NO_PICTURES, type PictureClass, type PictureSet, picturesOf } from "./picture-set.ts";
import type { KeptRun, Outcome, Picture, RunKey, RunRecord } from "./protocol.ts";

/** The images that a model draws on its wall, by their numbers, which are their seeds: from which on, and those that were chosen. */
export interface Wall {
  readonly first: number;
  readonly chosen: readonly number[];
}

export interface Kept {
  readonly set: PictureSet;
  readonly model?: Outcome | undefined;
  readonly wall: Wall;
  /** A run that has not ended. */
  readonly run?: RunRecord | undefined;
}

export const NOTHING: Kept = { set: NO_PICTURES, wall: { first: 1, chosen: [] } };

/** What this tab finds once it is the owner. */
export interface Opened {
  readonly kept: Kept;
  /** Whether the run has learned anything that is kept. */
  readonly hasLearned: boolean;
  /** Whether what an earlier version of the page kept was dropped. */
  readonly isDropped: boolean;
}

/** `lost`: this tab is not the owner any more. */
export type Persisted = "kept" | "no room" | "lost";

/** What is kept is of one tab, and this is the name of its lock and of the channel on which tabs speak. */
export const NAME = "anneal-yours";
/** The version changes whenever a record gets another shape; what an earlier one kept is dropped. */
const VERSION = 4;
/** What the page keeps, and what its learning thread keeps. */
type Part = "page" | "run";
const PARTS: readonly Part[] = ["page", "run"];
type Stores = Readonly<Record<Part, IDBObjectStore>>;
/** In the part `page`, the last of them: whether what an earlier version kept was dropped. Pictures are there by `picture` and their key. */
const [OWNER, SET, MODEL, WALL, RUN, DROPPED] = ["owner", "set", "model", "wall", "run", "dropped"];
const PICTURE = "picture ";
/** In the part `run`: all that the run needs to go on exactly. */
const WHOLE = "whole";

/** The set as it is kept: each class with the keys of its pictures. */
interface SetRecord extends Omit<PictureSet, "classes"> {
  readonly classes: readonly (Omit<PictureClass, "pictures"> & { readonly pictures: readonly string[] })[];
}

/** A key that no other thing on this device has. */
export const newKey = (): string => `${randomSeed()}${randomSeed()}`;

/** Of this tab; and whether it is kept, which a device without any room refuses. */
const TOKEN = newKey();
let isTokenKept = false;

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

class Lost extends Error {}

const read = async <T>(store: IDBObjectStore, key: string): Promise<T | undefined> => resultOf(store.get(key));

/** Makes this tab the owner, and reads what is kept. Throws where the browser keeps nothing, as in some private windows. */
export async function open(): Promise<Opened> {
  await attempt(undefined, async () => undefined);
  return transact("readonly", async ({ page, run }) => {
    const set = (await read<SetRecord>(page, SET)) ?? { ...NO_PICTURES, classes: [] };
    const pictures = page.getAll(IDBKeyRange.bound(PICTURE, `${PICTURE}\uffff`));
    const all = new Map((await resultOf<Picture[]>(pictures)).map((picture) => [picture.key, picture]));
    const classes = set.classes.map((one) => ({ ...one, pictures: one.pictures.flatMap((key) => all.get(key) ?? []) }));
    const [model, wall = NOTHING.wall] = [await read<Outcome>(page, MODEL), await read<Wall>(page, WALL)];
    const kept = { set: { ...set, classes }, model, wall, run: await read<RunRecord>(page, RUN) };
    const hasLearned = (await resultOf(run.getKey(WHOLE))) !== undefined;
    return { kept, hasLearned, isDropped: (await read(page, DROPPED)) !== undefined };
  });
}

/** What is kept, by its keys in the part `page`. */
const recordsOf = ({ set, model, wall, run }: Kept): Map<string, unknown> =>
  new Map<string, unknown>([
    ...picturesOf(set).map((picture) => [PICTURE + picture.key, picture] as const),
    ...Object.entries({ [SET]: set, [MODEL]: model, [WALL]: wall, [RUN]: run }).filter(([, value]) => value !== undefined),
  ]);

const setRecord = (set: PictureSet): SetRecord => ({
  ...set,
  classes: set.classes.map((one) => ({ ...one, pictures: one.pictures.map(({ key }) => key) })),
});

/** Writes what is different after a change, all of it or nothing. */
export async function persist(before: Kept, after: Kept): Promise<Persisted> {
  const [old, now] = [recordsOf(before), recordsOf(after)];
  return attempt(isTokenKept ? TOKEN : undefined, async ({ page, run }) => {
    page.delete(DROPPED); // it was said
    for (const key of old.keys()) if (!now.has(key)) page.delete(key);
    for (const [key, value] of now) if (value !== old.get(key)) page.put(key === SET ? setRecord(after.set) : value, key);
    if (before.run?.key !== after.run?.key) run.clear();
  });
}

/** Does this work in one transaction, if the tab with this token is the owner; without one this tab becomes the owner. */
async function attempt(owner: string | undefined, work: (stores: Stores) => Promise<void>): Promise<Persisted> {
  try {
    await transact("readwrite", async (stores) => {
      if (owner === undefined) stores.page.put(TOKEN, OWNER);
      else if ((await read(stores.page, OWNER)) !== owner) throw new Lost();
      await work(stores);
    });
    isTokenKept = true;
    return "kept";
  } catch (error) {
    if (error instanceof Lost) return "lost";
    console.warn(error);
    return "no room";
  }
}

/** Of a run of this tab. */
export const runKey = ({ key }: RunRecord): RunKey => ({ owner: TOKEN, run: key });

/** Throws unless this is the run, and its tab the owner. */
async function expectRun({ page }: Stores, { owner, run }: RunKey): Promise<void> {
  if ((await read(page, OWNER)) !== owner || (await read<RunRecord>(page, RUN))?.key !== run) throw new Lost();
}

/** What a run has come to. */
export const readRun = (key: RunKey): Promise<KeptRun | undefined> =>
  transact("readonly", async (stores) => {
    await expectRun(stores, key);
    return read<KeptRun>(stores.run, WHOLE);
  });

/** Keeps all of a run. Whether it is kept. */
export const keepRun = async (key: RunKey, whole: KeptRun): Promise<boolean> =>
  (await attempt(key.owner, async (stores) => {
    await expectRun(stores, key);
    stores.run.put(whole, WHOLE);
  })) === "kept";
