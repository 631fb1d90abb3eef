/** The Web Worker that says what to expect of them, before they are learned. It loads no TensorFlow.js. */
import { forecast } from "../../../training/measure/likeness.ts";
import { datasetOf } from "./dataset.ts";
import type { Folder } from "./protocol.ts";

addEventListener("message", ({ data }: MessageEvent<Folder>) => {
  const note = forecast(datasetOf(data));
  postMessage(note ? `${note[0].toUpperCase()}${note.slice(1)}.` : "");
});
