/** The Web Worker that says how alike pictures are, and what to expect of them, before they are learned. It loads no TensorFlow.js. */
import { forecast } from "../../../training/measure/likeness.ts";
import { datasetOf } from "./dataset.ts";
import type { Folder } from "./protocol.ts";

addEventListener("message", ({ data }: MessageEvent<Folder>) => {
  const dataset = datasetOf(data);
  const notes = [forecast(dataset), dataset.alike].filter((note) => note !== undefined);
  postMessage(notes.map((note) => `${note[0].toUpperCase()}${note.slice(1)}.`).join(" "));
});
