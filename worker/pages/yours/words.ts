/** What the page says of its state. */
import { namesOf } from "../../../training/data/pixel-art.ts";
import { cutPictures } from "../../../training/data/sizes.ts";
import { RECOMBINED } from "../../../training/learning/defaults.ts";
import type { Verdict } from "../../../training/measure/verdict.ts";
import { counted } from "../../../wasm-model/schema/text.ts";
import { type PictureSet, picturesOf, SIDE, sightOf } from "./picture-set.ts";
import type { Outcome } from "./protocol.ts";
import { REFUSALS, type State } from "./state.ts";

const timeInWords = (seconds: number): string => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** Seconds that an early cool-down takes at most. */
const LONGEST_STOP = 15;

/** What happens. */
export function statusNote({ phase, progress, status }: Pick<State, "phase" | "progress" | "status">): string {
  const { steps, isPauseKept, work } = progress;
  switch (phase.name) {
    case "elsewhere":
      return REFUSALS.elsewhere;
    case "halted":
      return "Training is paused. It is saved on this device.";
    case "finishing":
      return work ? "Preparing your model..." : "Finishing...";
    case "learning":
      if (phase.isPaused && isPauseKept === undefined) return "Pausing...";
      if (phase.isPaused)
        return isPauseKept ? "Paused. It is saved on this device." : "Paused. This device has no room: leave this page open.";
      return steps === 1 ? "Loading..." : "";
    default:
      return status;
  }
}

/** How far a run is, as a share if it is known, and in words. */
export function workNote({ phase, progress }: Pick<State, "phase" | "progress">): { readonly share?: number; readonly sentence: string } {
  const { step, steps, batch, imagesPerSecond, coolingFrom, download, work } = progress;
  const left = ((steps - step) * batch) / (imagesPerSecond ?? Number.NaN);
  if (phase.name === "finishing") {
    if (work) return { share: work.share, sentence: `${timeInWords(work.secondsLeft)} left` };
    if (coolingFrom === undefined) return { share: 0, sentence: `${LONGEST_STOP} s left` };
    return { share: (step - coolingFrom) / (steps - coolingFrom), sentence: `${timeInWords(left)} left` };
  }
  if (steps === 1) return { ...(download !== undefined && { share: download }), sentence: "" }; // it has not begun
  const percent = `${Math.floor((100 * step) / steps)} %`;
  return { share: step / steps, sentence: imagesPerSecond === undefined ? percent : `${percent}, ${timeInWords(left)} left` };
}

/** How the network sees the pictures. */
export function sightNote(set: PictureSet): string {
  const { notes, isCutOut } = sightOf(set);
  const all = picturesOf(set);
  const opaque = all.filter(({ isTransparent }) => !isTransparent);
  const but = opaque.length > 0 ? `; opaque are ${namesOf(opaque)}` : "";
  return [
    `${counted(all.length, "picture")}.`,
    ...(isCutOut ? [`${all.length - opaque.length} are transparent, so new ones are cut out${but}.`] : []),
    ...notes.map((note) => `${note[0].toUpperCase()}${note.slice(1)}.`),
  ].join(" ");
}

/** On pictures that are not square, beside the choice of what becomes of them. */
export function cropNote(set: PictureSet): string {
  const count = cutPictures(picturesOf(set), { width: SIDE, height: SIDE, crop: "cover" }).cut.length;
  return count === 0 || sightOf(set).isUnscaled ? "" : `${counted(count, "picture is", "pictures are")} not square.`;
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  new: "New, and nearly as sharp as yours.",
  rough: "New, but rougher than yours.",
  copies: "Almost copies of yours: more pictures would help most.",
  unlearned: "Not learned yet: train longer, or on more pictures of one kind.",
};

/** What became of a run, or where the model comes from. */
export function verdictNote({ learned, verdict, name }: Pick<Outcome, "learned" | "verdict" | "name">): string {
  if (!verdict) return `“${name}” was opened from its file.`;
  const few = `From ${counted(learned, "picture")} it mostly recombines what it saw. `;
  return (learned < RECOMBINED ? few : "") + VERDICTS[verdict.kind];
}
