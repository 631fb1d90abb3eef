/**
 * The threads of a run: the learner, and on more than one core a helper that computes half of each batch's gradient. They are
 * started for the run and ended with it, so nothing that failed, and no memory, outlives it.
 */
import { trusted } from "../../drawing/start-thread.ts";
import script from "./learner.ts?worker&url";
import likenessScript from "./likeness.ts?worker&url";
import { cannotTrain, type FromLearner, type Learn, type Picture, type Pictures, type ToLearner } from "./protocol.ts";
import { soleTab } from "./tabs.ts";

export interface Run {
  tell(message: ToLearner): void;
  /** Ends it at once: what it has learned is lost. No other tab learns before `last` is settled. */
  end(last?: Promise<unknown>): void;
}

/** Starts a run, or loads nothing and returns undefined if another tab learns. `hear` gets "finished" or "failed" last, unless the run is ended. */
export async function startLearner(learn: Learn, hear: (message: FromLearner) => void): Promise<Run | undefined> {
  const release = await soleTab();
  if (!release) return undefined;
  const { port1, port2 } = new MessageChannel();
  const end = (last?: Promise<unknown>): void => {
    main.terminate();
    helper?.terminate();
    release(last);
  };
  const main = thread(script, () => {
    end();
    hear({ type: "failed", sentence: cannotTrain() });
  });
  const tell = (message: ToLearner, handedOver: Transferable[] = []): void => main.postMessage(message, handedOver);
  const helper = navigator.hardwareConcurrency > 1 ? thread(script, () => tell({ type: "alone" })) : undefined;
  main.onmessage = ({ data }: MessageEvent<FromLearner>) => {
    if (data.type === "learned") helper?.terminate(); // what comes now needs its memory
    if (data.type === "finished" || data.type === "failed") end();
    hear(data);
  };
  helper?.postMessage({ type: "help", half: port2 } satisfies ToLearner, [port2]);
  tell({ ...learn, ...(helper && { half: port1 }) }, helper ? [port1] : []);
  return { tell, end };
}

/** Pictures of which a thread is sent only what it looks at: 5000 whole ones would take 60 ms to copy. */
function inOneCrop({ classes, crop, ...others }: Pictures): Pictures {
  const only = (picture: Picture): Picture => ({ path: picture.path, cover: picture[crop], contain: picture[crop] });
  return { ...others, crop, classes: classes.map(({ name, pictures }) => ({ name, pictures: pictures.map(only) })) };
}

/** How alike these pictures are and what to expect of them, in sentences; empty if nothing can be said. */
export function forecastFor(pictures: Pictures, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const made = thread(likenessScript, () => resolve(""));
    made.onmessage = ({ data }: MessageEvent<string>) => {
      made.terminate();
      resolve(data);
    };
    signal.addEventListener("abort", () => made.terminate());
    made.postMessage(inOneCrop(pictures));
  });
}

function thread(script: string, onFailure: () => void): Worker {
  const made = new Worker(trusted(script), { type: "module" });
  made.onerror = (event) => {
    event.preventDefault();
    console.error(event.message);
    made.terminate();
    onFailure();
  };
  return made;
}
