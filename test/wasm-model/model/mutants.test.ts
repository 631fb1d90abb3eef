/** Damaged model files: MUTANTS and SEED in the environment try more, and others. */
import fc from "fast-check";
import { PbfWriter } from "pbf";
import { describe, expect, it } from "vitest";
import { MAX_BYTES } from "../../../wasm-model/engine/memory.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { ModelError } from "../../../wasm-model/index.ts";
import { MAX_MACS } from "../../../wasm-model/model/card.ts";
import { decodeModel, encodeModel } from "../../../wasm-model/model/onnx/file.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { macsOf } from "../../../wasm-model/network/count.ts";
import { NETWORKS } from "../../../wasm-model/network/spec.ts";
import { judgeOf, mutants } from "../../fuzz/model-mutants.ts";
import { COLOURED, cutOut, randomModel, randomModelFile, TINY } from "../../support/random-model.ts";

const file = randomModelFile(TINY, 1, "int8");
const { MUTANTS = 300, SEED = 5 } = process.env;
const numRuns = Number(MUTANTS);

it.each([
  ["a model file", file, numRuns],
  ["one with finishers of its own and a palette", writeModel(cutOut(randomModel(COLOURED, 1, "int8"), 2)), Math.ceil(numRuns / 3)], // it is drawn slowly
])(
  "%s that is damaged is refused with a ModelError, or has another version; none draws another image under the same version",
  async (_, file, numRuns) => {
    const judge = await judgeOf(file);
    const results = new Set<string>([await judge({ bytes: file, repaired: true })]);
    const judged = async (mutant: Parameters<typeof judge>[0]) => {
      results.add(await judge(mutant));
    };
    await fc.assert(fc.asyncProperty(mutants(file), judged), { numRuns, seed: Number(SEED), endOnFailure: true });
    expect([...results].sort()).toEqual(["another", "refused", "same"]);
  },
  Math.max(120_000, 400 * numRuns),
);

/** The file with another text for its card, and the wrong checksum: the card is read first. */
function withCardText(text: string): Uint8Array {
  const model = decodeModel(file.slice());
  for (const entry of model.metadata_props) entry.value = text;
  return encodeModel(model);
}

describe("a model of absurd cost", () => {
  const model = randomModel(TINY, 1, "int8");

  it("is refused for its multiply-accumulates, far above those of any named network", () => {
    const spec = { ...TINY, height: 1024, width: 1024, widths: [16, 16] };
    expect(() => readModel(withCardText(JSON.stringify({ ...model.card, spec })))).toThrow(
      new ModelError(
        `Expected at most ${MAX_MACS} multiply-accumulates per evaluation for \`spec\` of the model's card but received ${macsOf(spec)}`,
      ),
    );
    for (const shape of Object.values(NETWORKS)) {
      expect(macsOf({ ...TINY, height: 64, width: 64, channels: 3, classes: 1000, ...shape })).toBeLessThan(MAX_MACS / 2);
    }
  });

  it("is refused for the memory that it needs, however consistent it is", async () => {
    const large = writeModel({ ...model, card: { ...model.card, spec: { ...TINY, height: 1024, width: 1024 } } });
    expect(readModel(large).card.spec.height).toBe(1024);
    await expect(simd.load(readModel(large))).rejects.toThrow(
      new ModelError(`Expected a model that needs at most ${MAX_BYTES} bytes of memory but received one that needs more`),
    );
  });
});

it("what would take long to read is refused before: a card that is nested deeply, which a card with brackets in its texts is not, and millions of fields", () => {
  const { card } = randomModel(TINY, 1, "int8");
  const training = { ...card.training, seed: '"[{\\'.repeat(20) };
  expect(() => readModel(withCardText(JSON.stringify({ ...card, training })))).toThrow("changed since it was written");
  expect(() => readModel(withCardText(`${"[".repeat(2e6)}${"]".repeat(2e6)}`))).toThrow(
    new ModelError("Expected at most 16 objects and lists inside each other for the model's card but received more"),
  );
  const writer = new PbfWriter();
  const empty = [0x2a, 0]; // an initializer, of no bytes
  writer.writeBytesField(
    7,
    new Uint8Array(4e6).map((_, i) => empty[i % 2]),
  ); // the graph
  expect(() => readModel(writer.finish())).toThrow("Expected an ONNX model but received bytes that are not one");
});

it.each([
  ["nested deeper than anybody can write", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
  ["long", `"${"x".repeat(1e6)}"`],
])("a card's value that is %s is refused in a short message", (_, value) => {
  const bytes = withCardText(JSON.stringify(randomModel(TINY, 1, "int8").card).replace('"spec":', `"spec":${value},"was":`));
  expect(() => readModel(bytes)).toThrow(ModelError);
  expect(() => readModel(bytes)).toThrow(/^Expected .{1,300}$/);
});
