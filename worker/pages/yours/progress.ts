/** What the learner tells does to the state of a run. */
import type { LearnerProgress, RunProgress } from "./protocol.ts";
import { isPaused, type State } from "./state.ts";

/** What it does after its last step. */
const LAST_WORK = {
  matte: ["It learns to cut out", "It has learned to draw. Now it learns to cut out what it draws, as your pictures are."],
  enlarger: ["It learns to enlarge", "It has learned to draw. Now it learns to enlarge in the manner of your pictures."],
  calibrating: ["It makes its files", "It has learned. Its numbers are rounded for drawing fast."],
  comparing: ["It makes its files", "New images are compared with yours."],
} as const;

export function withProgress(state: State, event: LearnerProgress): State {
  const { progress } = state;
  const update = (now: Partial<RunProgress>, also: Partial<State> = {}): State => ({
    ...state,
    ...also,
    progress: { ...progress, ...now },
  });
  switch (event.type) {
    case "download": // it ends in what takes unknown time: TensorFlow.js starts, and its speed is measured
      return update({ download: event.done < event.total ? event.done / event.total : undefined });
    case "begun": {
      const { type: _, isFromRounded, ...begun } = event;
      const status = isFromRounded ? "It learns, from weights that the file has rounded: the -fp32 file has the exact ones." : "It learns.";
      return update({ ...begun, download: undefined }, isPaused(state) ? {} : { status });
    }
    case "step": {
      const { step, imagesPerSecond } = event;
      const { steps, batch, coolingFrom } = progress;
      const secondsLeft = ((steps - step) * batch) / imagesPerSecond;
      const share = coolingFrom === undefined ? undefined : (step - coolingFrom) / (steps - coolingFrom);
      const work = progress.work && share !== undefined ? { ...progress.work, share, secondsLeft } : progress.work;
      return update({ step, imagesPerSecond, work });
    }
    case "cooling":
      return update({ steps: event.steps, coolingFrom: progress.step });
    case "kept": {
      const kept = "Paused. What it has learned is kept on this device.";
      const open = "Paused. This device has no room to keep what it has learned: leave this page open.";
      return update({ isKept: progress.isKept || event.isKept }, isPaused(state) ? { status: event.isKept ? kept : open } : {});
    }
    case "sheet":
      return update({ sheet: event.images });
    case "learned":
      return { ...state, phase: { name: "finishing" } };
    case "doing": {
      const [what, status] = LAST_WORK[event.what];
      return update({ work: { what, share: event.share, secondsLeft: event.secondsLeft } }, { status });
    }
  }
}
