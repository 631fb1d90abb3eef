/** What is kept on this device, in IndexedDB: the visitor's pictures, a run that has not ended, and what came of the last ones. */
import type { KeptRun, Outcome, Pictures } from "./protocol.ts";

interface Kept {
  readonly pictures: Pictures;
  readonly run: KeptRun;
  /** What the page shows. */
  readonly outcome: Outcome;
  /** What the visitor can go back to, or forward if it is newer than what is shown. */
  readonly other: { readonly outcome: Outcome; readonly isNewer: boolean };
}

export type Changes = { readonly [K in keyof Kept]?: Kept[K] | undefined };
export type Outcomes = Pick<Changes, "outcome" | "other">;

/** With what came of a new run. */
export const withNew = ({ outcome }: Pick<Outcomes, "outcome">, made: Outcome): Outcomes => ({
  outcome: made,
  other: outcome && { outcome, isNewer: false },
});

/** The other one shown in place of this one. */
export const exchanged = ({ outcome, other }: Outcomes): Outcomes =>
  outcome && other ? { outcome: other.outcome, other: { outcome, isNewer: !other.isNewer } } : { outcome, other };

const [DATABASE, STORE] = ["anneal-yours", "kept"];
/** Stands beside the records. It changes whenever one of them gets another shape. */
const FORMAT = 5;

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The results of one transaction, once it is committed: a request alone succeeds also where there is no room. */
async function transact(mode: IDBTransactionMode, work: (store: IDBObjectStore) => readonly IDBRequest[]): Promise<unknown[]> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const requests = work(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    return requests.map(({ result }) => result);
  } finally {
    database.close();
  }
}

/** Empty if nothing is kept, or if the browser keeps nothing, as in some private windows. */
export async function kept<K extends keyof Kept>(...keys: readonly K[]): Promise<Pick<Changes, K>> {
  const values = await transact("readonly", (store) => keys.map((key) => store.get(key))).catch(() => []);
  return Object.fromEntries(keys.map((key, i) => [key, values[i]])) as Pick<Changes, K>;
}

/** Keeps values and deletes what is undefined, all of it or nothing. Whether there was room. */
export async function keep(changes: Changes): Promise<boolean> {
  try {
    await transact("readwrite", (store) => [
      store.put(FORMAT, "format"),
      ...Object.entries(changes).map(([key, value]) => (value === undefined ? store.delete(key) : store.put(value, key))),
    ]);
    return true;
  } catch (error) {
    console.warn(error);
    return false;
  }
}

/** Deletes what another version of the page has kept in another format. Whether there was anything. */
export async function forgetOtherFormats(): Promise<boolean> {
  try {
    const [format, count] = await transact("readonly", (store) => [store.get("format"), store.count()]);
    if (count === 0 || format === FORMAT) return false;
    await transact("readwrite", (store) => [store.clear()]);
    return true;
  } catch {
    return false;
  }
}
