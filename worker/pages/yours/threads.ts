/** The page's threads. The learner is started for a run and ended with it: nothing that failed, and no memory, outlives it. */
import { moduleThread } from "../../drawing/device.ts";
import { caller } from "../../drawing/rpc.ts";
import forecaster from "./forecaster.ts?worker&url";
import script from "./learner.ts?worker&url";
import type { Learner } from "./machine.ts";
import { folderOf, type PictureSet } from "./picture-set.ts";
import type { Assignment, LearnerCalls, LearnerProgress, LearnerResult, Outcome } from "./protocol.ts";

/** What reads models; a page asks for it before it may be without a network. */
export const modelFiles = () => import("./files.ts");

const addresses = new WeakMap<Uint8Array, string>();

/** Where the drawing thread finds the model. */
export function addressOf({ model }: Outcome): string {
  const address = addresses.get(model) ?? URL.createObjectURL(new Blob([model]));
  addresses.set(model, address);
  return address;
}

/** Starts to learn. `hear` gets the result last, unless the thread is ended. */
export function startLearner(assignment: Assignment, hear: (event: LearnerProgress | LearnerResult) => void): Learner {
  const worker = moduleThread(script, (message) => fail(new Error(message)));
  const { call, fail } = caller<LearnerCalls>(worker);
  call("learn", assignment, { onProgress: hear })
    .catch((error): LearnerResult => {
      console.error(error);
      const why = "This device cannot train: the browser refuses what it needs, or the memory is full.";
      const sentence = navigator.onLine ? why : "What trains cannot be loaded without a network.";
      return { type: "failed", sentence, leadsNowhere: false };
    })
    .then(hear);
  let hearEnd = (): void => undefined;
  const ended = new Promise<void>((resolve) => (hearEnd = resolve));
  return {
    pause: (isPaused) => Promise.race([ended, call("pause", isPaused)]).catch(() => undefined),
    stop: () => void call("stop", undefined).catch(() => undefined), // `learn` says why a thread failed
    end() {
      worker.terminate();
      hearEnd();
    },
  };
}

/** How alike these pictures are and what to expect of them, in sentences; empty if nothing can be said. */
export function forecastFor(set: PictureSet, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const thread = moduleThread(forecaster, () => resolve(""));
    thread.onmessage = ({ data }: MessageEvent<string>) => {
      thread.terminate();
      resolve(data);
    };
    signal.addEventListener("abort", () => thread.terminate());
    thread.postMessage(folderOf(set));
  });
}
