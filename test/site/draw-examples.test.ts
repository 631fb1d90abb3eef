/** What /draw starts from. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { cardIn } from "../../wasm-model/model/onnx/reader.ts";
import { SHIPPED } from "../../worker/node/build.ts";
import { fromBase64Url } from "../../worker/site/client/base64url.ts";
import { drawingOf } from "../../worker/site/client/draw/strokes.ts";
import { examplesOf } from "../../worker/site/draw-examples.ts";

it.each(SHIPPED.map((folder) => [basename(folder), folder]))("%s has examples that can be drawn in its colours", (_, folder) => {
  const card = cardIn(readFileSync(join(folder, MODEL_FILE)));
  const examples = examplesOf(card);
  expect(examples.length).toBeGreaterThan(0);
  for (const [label, strokes] of examples) {
    const drawing = drawingOf(fromBase64Url(strokes) ?? new Uint8Array(), card.spec.channels === 1 ? 4 : 16);
    expect([label, drawing?.strokes.length]).toEqual([label, expect.any(Number)]);
  }
});
