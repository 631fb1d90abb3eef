/** What is kept on this device, in IndexedDB: the visitor's pictures and the run. */
import type { Outcome, Pictures, Run } from "./protocol.ts";

interface Kept {
  readonly pictures: Pictures;
  readonly run: Run;
  readonly outcome: Outcome;
}

const [DATABASE, STORE] = ["anneal-yours", "kept"];

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  const transaction = database.transaction(STORE, mode);
  transaction.oncomplete = () => database.close();
  return transaction.objectStore(STORE);
}

/** Undefined if there is nothing, or if the browser keeps nothing, as in some private windows. */
export async function kept<K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> {
  try {
    return (await settled((await store("readonly")).get(key))) as Kept[K] | undefined;
  } catch {
    return undefined;
  }
}

export async function isKept(key: keyof Kept): Promise<boolean> {
  try {
    return (await settled((await store("readonly")).count(key))) > 0;
  } catch {
    return false;
  }
}

/** All of it or nothing. Whether there was room. */
export async function keep<K extends keyof Kept>(key: K, value: Kept[K] | undefined): Promise<boolean> {
  try {
    const place = await store("readwrite");
    await (value === undefined ? settled(place.delete(key)) : settled(place.put(value, key)));
    return true;
  } catch (error) {
    console.warn(error);
    return false;
  }
}
