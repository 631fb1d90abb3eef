/** The page's side of the learner: a worker, which starts when it is needed first, and a second one for as long as a run learns. */
import { trusted } from "../../drawing/engine-thread.ts";
import script from "./learner.ts?worker&url";
import { cannotTrain, type FromLearner, type ToLearner } from "./protocol.ts";

export type Ask = (message: ToLearner) => void;

export function learner(hear: (message: FromLearner) => void): Ask {
  let worker: Worker | undefined;
  const start = (): Worker => {
    const made = new Worker(trusted(script), { type: "module" });
    made.onmessage = ({ data }: MessageEvent<FromLearner>) => hear(data);
    made.onerror = (event) => {
      event.preventDefault();
      console.error(event.message);
      hear({ type: "failed", sentence: cannotTrain() });
    };
    return made;
  };
  return (message) => {
    worker ??= start();
    if ((message.type === "learn" || message.type === "continue") && navigator.hardwareConcurrency > 1) {
      const { port1, port2 } = new MessageChannel();
      start().postMessage({ type: "help", half: port2 } satisfies ToLearner, [port2]);
      worker.postMessage({ type: "start", half: port1 } satisfies ToLearner, [port1]);
    }
    worker.postMessage(message);
  };
}
