/**
 * The threads of a run: the learner, and on more than one core a helper that computes half of each batch's gradient. They are
 * started for the run and ended with it, so nothing that failed, and no memory, outlives it.
 */
import { trusted } from "../../drawing/start-thread.ts";
import script from "./learner.ts?worker&url";
import { cannotTrain, type FromLearner, type Learn, type ToLearner } from "./protocol.ts";

/** Starts a run. `hear` gets "finished" or "failed" last. Returns what sends messages to the learner. */
export function startLearner(learn: Learn, hear: (message: FromLearner) => void): (message: ToLearner) => void {
  const { port1, port2 } = new MessageChannel();
  const end = (): void => {
    main.terminate();
    helper?.terminate();
  };
  const main = thread(() => {
    end();
    hear({ type: "failed", sentence: cannotTrain() });
  });
  const tell = (message: ToLearner, handedOver: Transferable[] = []): void => main.postMessage(message, handedOver);
  const helper = navigator.hardwareConcurrency > 1 ? thread(() => tell({ type: "alone" })) : undefined;
  main.onmessage = ({ data }: MessageEvent<FromLearner>) => {
    if (data.type === "learned") helper?.terminate(); // what comes now needs its memory
    if (data.type === "finished" || data.type === "failed") end();
    hear(data);
  };
  helper?.postMessage({ type: "help", half: port2 } satisfies ToLearner, [port2]);
  tell({ ...learn, ...(helper && { half: port1 }) }, helper ? [port1] : []);
  return tell;
}

function thread(onFailure: () => void): Worker {
  const made = new Worker(trusted(script), { type: "module" });
  made.onerror = (event) => {
    event.preventDefault();
    console.error(event.message);
    made.terminate();
    onFailure();
  };
  return made;
}
