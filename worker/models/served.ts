/** The models that the build found (build.ts). */
import { entries, first } from "served-models";
import type { Runtime } from "../../wasm-model/index.ts";
import type { ModelEntry } from "./entry.ts";
import { ReadyModels } from "./ready.ts";

/** The first is the default; its file is in the Worker's bundle. */
export const ENTRIES: readonly ModelEntry[] = entries;
export const FIRST: Uint8Array<ArrayBuffer> = new Uint8Array(first);

export const servedModels = (runtime: Runtime): Promise<ReadyModels> =>
  new ReadyModels({ entries: ENTRIES, runtime, areChecked: true }).start(FIRST);
