/** What the page says of its state. */

import { WHITE } from "../../../training/data/cut-outs.ts";
import { namesOf } from "../../../training/data/pixel-art.ts";
import { cutPictures } from "../../../training/data/sizes.ts";
import { RECOMBINED } from "../../../training/learning/defaults.ts";
import { counted } from "../../../wasm-model/schema/text.ts";
import { SIDE } from "../shared/own-pictures.ts";
import { type PictureSet, picturesOf, sightOf } from "./picture-set.ts";
import type { Outcome } from "./protocol.ts";
import type { State } from "./state.ts";

const timeInWords = (seconds: number): string => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** What a run does after its last step. */
const LAST_WORK = {
  matte: ["It learns to cut out", "It has learned to draw. Now it learns to cut out what it draws, as your pictures are."],
  enlarger: ["It learns to enlarge", "It has learned to draw. Now it learns to enlarge in the manner of your pictures."],
  calibrating: ["It makes its files", "It has learned. Its numbers are rounded for drawing fast."],
  comparing: ["It makes its files", "New images are compared with yours."],
} as const;

/** Seconds that an early cool-down takes at most. */
const LONGEST_STOP = 15;

/** What happens. */
export function statusNote({ phase, progress, status }: Pick<State, "phase" | "progress" | "status">): string {
  const { steps, isFromRounded, isPauseKept, work } = progress;
  switch (phase.name) {
    case "elsewhere":
      return "Open in another tab.";
    case "halted":
      return "A run waits. What it has learned is kept on this device.";
    case "stopping":
      return "Its steps become smaller and smaller. Then it makes its files.";
    case "finishing":
      return LAST_WORK[work?.what ?? "calibrating"][1];
    case "learning":
      if (phase.isPaused && isPauseKept === undefined) return "It pauses after this step.";
      if (phase.isPaused && isPauseKept) return "Paused. What it has learned is kept on this device.";
      if (phase.isPaused) return "Paused. This device has no room to keep what it has learned: leave this page open.";
      if (steps === 1) return "Loading what training needs.";
      return isFromRounded ? "It learns, from weights that the file has rounded: the -fp32 file has the exact ones." : "It learns.";
    default:
      return status;
  }
}

/** How far a run is, as a share if it is known, and in words. */
export function workNote({ phase, progress }: Pick<State, "phase" | "progress">): { readonly share?: number; readonly sentence: string } {
  const { step, steps, batch, imagesPerSecond, coolingFrom, download, work } = progress;
  const left = ((steps - step) * batch) / (imagesPerSecond ?? Number.NaN);
  const note = (what: string, share: number, seconds: number) => ({ share, sentence: `${what}: ${timeInWords(seconds)} left.` });
  if (phase.name === "finishing" && work) return note(LAST_WORK[work.what][0], work.share, work.secondsLeft);
  if (phase.name === "stopping")
    return coolingFrom === undefined
      ? note("Last steps", 0, LONGEST_STOP)
      : note("Last steps", (step - coolingFrom) / (steps - coolingFrom), left);
  if (steps === 1) return { ...(download !== undefined && { share: download }), sentence: "" }; // it has not begun
  const looks = (count: number): string => (count * batch).toLocaleString("en");
  const speed = imagesPerSecond === undefined ? "" : `: ${imagesPerSecond.toFixed(0)} a second, ${timeInWords(left)} left`;
  const about = coolingFrom === undefined ? "about " : ""; // it may cool down early
  return { share: step / steps, sentence: `${looks(step)} of ${about}${looks(steps)} looks at your pictures${speed}.` };
}

/** The grounds that there are. */
const GROUNDS: Readonly<Record<string, string>> = {
  ffffff: "white",
  "000000": "black",
  "00ff00": "green",
  ff00ff: "magenta",
  "00ffff": "cyan",
  "0000ff": "blue",
  ff0000: "red",
  ffff00: "yellow",
};
/** What a picture becomes that is shown whole. */
export function wholeOn(set: PictureSet): string {
  const { isCutOut, ground } = sightOf(set);
  return isCutOut ? "whole, the rest transparent" : `whole, on ${GROUNDS[ground]}`;
}

/** What the network sees of the pictures. */
export function sightNote(set: PictureSet): string {
  const { notes, isCutOut, ground, palette } = sightOf(set);
  const why = ground === WHITE || palette ? "" : ` (it learns them on ${GROUNDS[ground]}, since white would hide their outlines)`;
  const all = picturesOf(set);
  const opaque = all.filter(({ isTransparent }) => !isTransparent);
  const but = opaque.length > 0 ? `; opaque are ${namesOf(opaque)}` : "";
  return [
    `${counted(all.length, "picture")}, as the network sees them.`,
    ...(isCutOut ? [`${all.length - opaque.length} of ${all.length} are transparent: what it draws is cut out, too${why}${but}.`] : []),
    ...notes.map((note) => `${note[0].toUpperCase()}${note.slice(1)}.`),
  ].join(" ");
}

/** What becomes of pictures that are not square, beside the choice. */
export function cropNote(set: PictureSet): string {
  const all = picturesOf(set);
  if (sightOf(set).isUnscaled) return "Pixel art is not scaled: smaller pictures stand in the middle.";
  const { cut, most } = cutPictures(all, { width: SIDE, height: SIDE, crop: "cover" });
  const count = cut.length;
  if (count === 0) return "";
  const which = count === 1 ? "One of them is not square" : `${count} of ${counted(all.length, "picture")} are not square`;
  return set.crop === "cover"
    ? `${which}: up to ${Math.round(100 * most)} % of a picture is cut off. “Whole” keeps all of it.`
    : `${which}: shown whole, they are smaller. “Cut to fill” makes them larger.`;
}

/** More classes are counted, not named. */
const MOST_NAMED = 12;

/** What became of a run, or where the model comes from. */
export function verdictOn({ learned, verdict, labels, name }: Pick<Outcome, "learned" | "verdict" | "labels" | "name">): string {
  const pictures = learned === 1 ? "one picture" : counted(learned, "picture");
  const few = verdict !== undefined && learned < RECOMBINED;
  const more = labels.length > MOST_NAMED ? ` and ${labels.length - MOST_NAMED} more` : "";
  return [
    ...(few ? [`It learned from ${pictures}: so few it recombines rather than invents.`] : []),
    verdict ?? `“${name}” was opened from its file.`,
    ...(labels.length > 1 ? [`Its classes: ${labels.slice(0, MOST_NAMED).join(", ")}${more}.`] : []),
  ].join(" ");
}
