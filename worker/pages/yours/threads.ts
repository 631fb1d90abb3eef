/** The page's threads. The learner is started for a run and ended with it: nothing that failed, and no memory, outlives it. */
import { caller } from "../../drawing/rpc.ts";
import { moduleThread } from "../../drawing/start-thread.ts";
import script from "./learner.ts?worker&url";
import likenessScript from "./likeness.ts?worker&url";
import type { Learner } from "./machine.ts";
import type { PictureSet } from "./picture-set.ts";
import type { Begin, LearnerCalls, LearnerProgress, LearnerResult } from "./protocol.ts";
import { folderOf } from "./sight.ts";

/** Starts to learn. `hear` gets the result last, unless the thread is ended. */
export function startLearner(set: PictureSet, begin: Begin | undefined, hear: (event: LearnerProgress | LearnerResult) => void): Learner {
  const worker = moduleThread(script, (message) => fail(new Error(message)));
  const { call, fail } = caller<LearnerCalls>(worker);
  call("learn", { folder: folderOf(set), begin }, { onProgress: hear })
    .catch((error): LearnerResult => {
      console.error(error);
      const why = "This device cannot train: the browser refuses what it needs, or the memory is full.";
      const sentence = navigator.onLine ? why : "What trains cannot be loaded without a network.";
      return { type: "failed", sentence, leadsNowhere: false };
    })
    .then(hear);
  return {
    pause: (isPaused) => void call("pause", isPaused).catch(() => undefined), // `learn` says why a thread failed
    stop: () => void call("stop", undefined).catch(() => undefined),
    end: () => worker.terminate(),
  };
}

/** How alike these pictures are and what to expect of them, in sentences; empty if nothing can be said. */
export function forecastFor(set: PictureSet, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const thread = moduleThread(likenessScript, () => resolve(""));
    thread.onmessage = ({ data }: MessageEvent<string>) => {
      thread.terminate();
      resolve(data);
    };
    signal.addEventListener("abort", () => thread.terminate());
    thread.postMessage(folderOf(set));
  });
}
