import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FORMAT, MODEL_NAME_RULE, ModelError } from "../../../../wasm-model/model/card.ts";
import { decodeModel, encodeModel, type GraphProto, type ModelProto, tensor } from "../../../../wasm-model/model/onnx/file.ts";
import { fromHalves, headIn, readModel } from "../../../../wasm-model/model/onnx/reader.ts";
import { sealed, writeFinisher, writeModel } from "../../../../wasm-model/model/onnx/writer.ts";
import { parametersOf } from "../../../../wasm-model/network/count.ts";
import { FINISHER_NAMES } from "../../../../wasm-model/network/finishers.ts";
import type { NetworkSpec } from "../../../../wasm-model/network/spec.ts";
import { SAMPLERS, SCHEDULES } from "../../../../wasm-model/sampling/settings.ts";
import { fromBase64, toBase64 } from "../../../../wasm-model/schema/bytes.ts";
import { faultOf } from "../../../../wasm-model/schema/fields.ts";
import {
  COLOURED,
  DEEP,
  type Form,
  randomFinisher,
  randomModel,
  randomModelFile,
  TINY,
  UNCONDITIONAL,
  withFinishers,
} from "../../../support/random-model.ts";

const FORMS: Form[] = ["fp32", "int8"];
const file = randomModelFile(TINY, 1, "int8");

/** The file after an edit of its protobuf messages, with the checksum that belongs to it then. */
function edited(edit: (model: ModelProto, graph: GraphProto) => void, bytes: Uint8Array = file): Uint8Array {
  const model = decodeModel(bytes.slice());
  model.metadata_props.pop(); // the checksum
  edit(model, model.graph as GraphProto);
  return sealed(encodeModel(model));
}

interface LooseCard {
  spec: Record<string, unknown>;
  sampling: Record<string, unknown>;
  labels: unknown[];
  palette?: unknown[];
  cutOut?: unknown;
  training?: { pictures?: Record<string, unknown> };
}

/** The file after an edit of its card. */
const withCard = (edit: (card: LooseCard) => void, bytes: Uint8Array = file): Uint8Array =>
  edited(({ metadata_props: [entry] }) => {
    const card = JSON.parse(entry.value);
    edit(card);
    entry.value = JSON.stringify(card);
  }, bytes);

function expectRefused(bytes: Uint8Array, message: string): void {
  expect(() => readModel(bytes)).toThrow(ModelError);
  expect(() => readModel(bytes)).toThrow(message);
}

describe.each(FINISHER_NAMES)("a model with a finisher of its own: %s", (name) => {
  const key = `anneal.${name}`;
  const bare = randomModel(COLOURED, 1, "int8");
  const own = writeModel(withFinishers(bare, 2, name));
  const learned = writeFinisher(name, randomFinisher(name, 2, "int8"));

  /** The file with another entry, or another text, for its finisher, and the checksum that belongs to it then. */
  const withOther = (...others: readonly (Uint8Array | string)[]): Uint8Array =>
    edited(({ metadata_props }) => {
      metadata_props.splice(1, 1, ...others.map((other) => ({ key, value: typeof other === "string" ? other : toBase64(other) })));
    }, own);

  it.each(FORMS)("is read as it was written: %s", (form) => {
    const model = withFinishers(randomModel(COLOURED, 7, form), 3, name);
    const bytes = writeModel(model);
    expect(readModel(bytes)).toEqual({ ...headIn(bytes), ...model, bytes });
  });

  it("is an entry of the metadata", () => {
    expect(withOther(learned)).toEqual(own);
    expect(readModel(edited(() => {}, writeModel(bare)))[name]).toBeUndefined();
  });

  it.each([
    ["damaged", learned.with(-1, learned.at(-1)! ^ 1), `Expected the file that this library writes for the weights in \`${key}\``],
    ["no base64", "!", `\`${key}\`: Expected base64 but received something else`],
    ["of fp32", writeFinisher(name, randomFinisher(name, 2, "fp32")), `Expected an int8 network for \`${key}\` but received an fp32 one`],
  ])("is refused by name if that is %s", (_, other, message) => {
    expectRefused(withOther(other), message);
  });

  it("is refused if it has two, or its text is not as this library writes it", () => {
    for (const bytes of [withOther(learned, learned), withOther(`${toBase64(learned)}\n`)])
      expect(() => readModel(bytes)).toThrow("another one");
  });
});

describe("a matte or a palette", () => {
  const withMatte = (spec: NetworkSpec, edit: (card: LooseCard) => void = () => {}) =>
    withCard(edit, writeModel(withFinishers(randomModel(spec, 1, "fp32"), 2, "matte")));
  const sides = "nothing with images that are grey or whose sides are no multiples of 8 for `cutOut`";
  const ground = "a `background` of six hexadecimal digits with `cutOut` and with `palette` for `training.pictures`";

  it.each([
    ["of a grey model", withMatte(TINY), `Expected ${sides}`],
    ["of odd sides", withMatte({ ...COLOURED, width: 12 }), `Expected ${sides}`],
    ["without a ground", withMatte(COLOURED, ({ training }) => delete training?.pictures), `Expected ${ground}`],
    ["on no colour", withMatte(COLOURED, ({ training }) => (training!.pictures!.background = "white")), `Expected ${ground}`],
    [
      "of colours without a ground",
      withCard((card) => (card.palette = ["000000", "ffffff"]), writeModel(randomModel(COLOURED, 1, "fp32"))),
      `Expected ${ground}`,
    ],
    ["of absurd cost", withMatte({ ...COLOURED, height: 512, width: 512, widths: [1, 1] }), "at most 2000000000 multiply-accumulates"],
    ["that the card denies", withMatte(COLOURED, (card) => delete card.cutOut), "Expected `cutOut` in the model's card if, and only if"],
    [
      "that the card alone has",
      withCard((card) => (card.cutOut = true), writeModel(withFinishers(randomModel(COLOURED, 1, "fp32"), 2, "enlarger"))),
      "Expected a `background`",
    ],
  ])("%s is refused by name", (_, bytes, message) => {
    expectRefused(bytes, message);
  });
});

it("base64 of any length is read as it was written", () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 20_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  }
});

const COLOURS = "a list of 2 to 64 different colours of six hexadecimal digits";

describe("readModel", () => {
  it.each(FORMS)("gives back what writeModel wrote: %s", (form) => {
    for (const spec of [TINY, UNCONDITIONAL, ...Object.values(DEEP)]) {
      const model = randomModel(spec, 7, form);
      const bytes = writeModel(model);
      expect(readModel(bytes)).toEqual({ ...headIn(bytes), ...model, bytes });
    }
  });

  it("takes the base to train from, with what only training needs, and to nothing else", () => {
    const base = readFileSync(new URL("../../../../wasm-model/models/base/model-fp16.onnx", import.meta.url));
    const { card, weights } = readModel(base, true);
    expect([...weights.floats.keys()]).toEqual([...parametersOf(card.spec).keys()]);
    expectRefused(base, "Expected a model that draws images but received one to train from");
    expect(() => readModel(base.with(99_999, base[99_999] ^ 1), true)).toThrow("changed since it was written");
  });

  it("reads halves as what they are", () => {
    const halves = Uint16Array.of(0x0001, 0x0400, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x7e00);
    expect([...fromHalves(halves)]).toEqual([2 ** -24, 2 ** -14, 1, -2, 65504, Infinity, -Infinity, Infinity]);
  });

  it.each([
    ["the card", "start", (start: object) => ({ start: { sigmaMax: 9, ...start } })],
    ["a schedule", "schedules.0.start", (start: object) => ({ schedules: [{ sigmas: [9], churn: [], extrapolation: [], start }] })],
  ])("takes only a start of %s whose lists fit its network's images", (_, path, settingsOf) => {
    const start = { squares: 2, spread: 1, extrapolation: 1.2, means: [0, 1, 2].map((k) => [k, 0, 0, 0]), factor: Array(10).fill(0.1) };
    const withStart = (changes: object) => withCard((c) => Object.assign(c.sampling, settingsOf({ ...start, ...changes })));
    expect(readModel(withStart({})).card.sampling).toMatchObject(settingsOf(start));
    for (const changes of [{ squares: 1 }, { means: start.means.slice(1) }, { means: [[0], [1], [2]] }, { factor: [1] }]) {
      expect(() => readModel(withStart(changes))).toThrow(
        "Expected starts with one mean for each class, and lists that fit their squares and the image's channels for `sampling` of the model's card",
      );
    }
    expect(() => readModel(withStart({ spread: -1 }))).toThrow(
      `Expected a number from 0 to 10 for \`sampling.${path}.spread\` of the model's card but received -1`,
    );
    expect(() => readModel(withStart({ factor: Array(20_000).fill(0) }))).toThrow("Expected a list of at most 18528 numbers");
  });

  it("takes only a start above the lowest noise level", () => {
    const start = { sigmaMax: 0.01, ...{ squares: 1, spread: 1, extrapolation: 1, means: [[0], [0], [0]], factor: [1] } };
    expect(() => readModel(withCard((c) => Object.assign(c.sampling, { start })))).toThrow(
      "Expected a number below `sampling.start.sigmaMax` for `sampling.sigmaMin` of the model's card",
    );
  });

  it.each([
    ["another operator", (g) => (g.node.find(({ op_type }) => op_type === "Sigmoid")!.op_type = "Tanh")],
    ["a node more", (g) => g.node.push({ op_type: "Relu", name: "r", input: ["denoised"], output: ["r"], attribute: [] })],
    ["another clip bound", (g) => (g.node.find(({ op_type }) => op_type === "Clip")!.input[2] = "out.input.scale")],
    ["another opset", (_, m) => (m.opset_import[0].version = 16)],
    ["more metadata", (_, m) => m.metadata_props.push({ key: "note", value: "hello" })],
  ] as [string, (graph: GraphProto, model: ModelProto) => void][])("refuses %s", (_, edit) => {
    expect(() => readModel(edited((model, graph) => edit(graph, model)))).toThrow(
      new ModelError("Expected the graph that this library writes for the model's card and weights but received another one"),
    );
  });

  it.each([
    ["none for a parameter", (g) => g.initializer.shift(), "FLOAT [16] for the parameter `fourier.frequencies` but received none"],
    ["one too many", (g) => g.initializer.push(tensor("extra", [1], Float32Array.of(1))), "no parameter `extra`"],
    ["another shape", (g) => (of(g, "down").dims = [8, 16, 1, 1]), "INT8 [16,8,1,1] for the parameter `down` but received data type 3,"],
    ["an infinite number", (g) => (of(g, "out.gain").raw_data = bytesOf(Infinity)), "finite values for the parameter `out.gain`"],
    ["a scale of 0", (g) => (of(g, "up.input.scale").raw_data = bytesOf(0)), "a positive number for `up.input.scale` but received 0"],
    ["a zero point above 127", (g) => (of(g, "up.input.zeroPoint").raw_data = Uint8Array.of(128)), "an integer in 0..127 for"],
  ] as [string, (graph: GraphProto) => void, string][])("refuses initializers with %s", (_, edit, expected) => {
    const bytes = edited((_, graph) => edit(graph));
    expectRefused(bytes, `Expected ${expected}`);
  });

  it.each([
    ["a huge spec", (c) => (c.spec.encoderBlocks = [1e9, 1]), "an integer from 1 to 64", "spec.encoderBlocks.0", "1000000000"],
    ["a size that the network cannot halve twice", (c) => (c.spec.height = 10), "a multiple of 4 from 4 to 1024", "spec.height", "10"],
    ["a label too few", (c) => c.labels.pop(), "one label for each class of `spec.classes`", "labels"],
    ["classes that it ignores", (c) => (c.spec.unconditional = true), "nothing with several classes", "spec.unconditional", "true"],
    ["an unknown sampler", (c) => (c.sampling.sampler = "ddim"), `one of ${SAMPLERS.join(", ")}`, "sampling.sampler"],
    [
      "default steps that cost too much",
      (c) => Object.assign(c.sampling, { sampler: "ald", steps: 51, stepsPerLevel: 20 }),
      "at most 1000 evaluations per image",
      "sampling.steps",
      "51",
    ],
    ["noise levels that do not fall", (c) => (c.sampling.sigmaMin = 20), "a number below `sampling.sigmaMax`", "sampling.sigmaMin", "20"],
    [
      "noise levels of a schedule that do not fall",
      (c) => (c.sampling.schedules = [{ sigmas: [1, 2], churn: [0], extrapolation: [1] }]),
      "decreasing `sigmas`",
      "sampling.schedules.0",
    ],
    [
      "a crop that leaves the image",
      (c) => Object.assign(c, { crop: { top: 2, left: 0, height: 7, width: 8 } }),
      "a rectangle within the network's image",
      "crop",
    ],
    ["a palette of one colour", (c) => (c.palette = ["ffffff"]), COLOURS, "palette"],
    ["a colour twice", (c) => (c.palette = ["ffffff", "ffffff"]), COLOURS, "palette"],
    ["a palette of names", (c) => (c.palette = ["white", "black"]), COLOURS, "palette.0"],
    ["a palette for grey images", (c) => (c.palette = ["000000", "ffffff"]), "nothing with grey images", "palette"],
    [
      "control characters in a text",
      (c) => Object.assign(c.training as object, { seed: "a\u202eb" }),
      "a text of at most 1024 bytes in UTF-8 without control characters",
      "training.seed",
    ],
    ["no part of the card", (c) => delete c.training, "an object", "training", "nothing"],
  ] as [string, (card: LooseCard) => void, string, string, string?][])("refuses a card with %s", (_, edit, expected, name, received) => {
    const message = `Expected ${expected} for \`${name}\` of the model's card${received === undefined ? "" : ` but received ${received}`}`;
    expectRefused(withCard(edit), message);
  });

  it.each(["é|e\u0301", "é", ...["\u200b", " ", "\u00a0", "\ufe0f", "\u200d", "\u00ad", "\u{e0061}"].map((hidden) => `é|é${hidden}`)])(
    "refuses labels that look alike: %j",
    (labels) => {
      const [first, second = first] = labels.split("|");
      expectRefused(
        withCard((c) => (c.labels = [first, "e", second])),
        "Expected a list of strings that look different for `labels` of the model's card",
      );
    },
  );

  it("refuses a card with a field that no card has", () => {
    const read = () => readModel(withCard((c) => (c.sampling.temprature = 1)));
    expect(read).toThrow(new ModelError("`sampling.temprature` of the model's card is not a known field"));
  });

  it.each(["", "\u200b\u3164", "\u2800", "a\ud800", "a\nb", "a\u202eb", `"><img src=x onerror=alert(1)>`, "`id`", "犬".repeat(86), 7])(
    "refuses the name %j of a class, a licence, the data or the model",
    (name) => {
      const text = (most: number) =>
        `Expected a text of 1 to ${most} bytes in UTF-8 that can be seen, without control characters and without < > " \` for `;
      const refused: readonly [(card: LooseCard) => void, string][] = [
        [(c) => (c.labels[1] = name), `${text(64)}\`labels.1\``],
        [(c) => Object.assign(c.training as object, { dataLicence: name }), `${text(256)}\`training.dataLicence\``],
        [(c) => Object.assign(c.training as object, { data: name }), `${text(256)}\`training.data\``],
        [(c) => Object.assign(c, { name }), `Expected ${MODEL_NAME_RULE} for \`name\``],
      ];
      for (const [edit, message] of refused) {
        expectRefused(withCard(edit), message);
      }
    },
  );

  it("takes a schedule for each number of steps, and refuses more before it reads any", () => {
    const withSchedules = (count: number) => {
      const schedule = { sigmas: [3, 2, 1], churn: [0, 0], extrapolation: [1, 1] };
      return withCard((c) => (c.sampling.schedules = Array(count).fill(schedule)));
    };
    expect(() => readModel(withSchedules(64))).not.toThrow();
    expect(() => readModel(withSchedules(65))).toThrow("Expected a list of at most 64 schedules for `sampling.schedules`");
    const unreadable = Object.defineProperty({}, "sigmas", { get: () => expect.unreachable() });
    expect(faultOf(SCHEDULES, Array(65).fill(unreadable))).toMatchObject({ expected: "a list of at most 64 schedules" });
  });

  it("takes names in any language, as long as they may be", () => {
    const labels = ["犬".repeat(21), "Ankle boot / T-shirt, 100 % & more", "👩‍👧 x 𠀀"];
    expect(readModel(withCard((c) => (c.labels = labels))).card.labels).toEqual(labels);
    expect(() => readModel(withCard((c) => (c.labels = [...labels.slice(1), "犬".repeat(22)])))).toThrow("for `labels.2`");
  });

  it("refuses no card, and another format", () => {
    expect(() => readModel(edited((m) => (m.metadata_props = [])))).toThrow(/^Expected JSON for the model's card/);
    for (const [format, writer] of [
      [1, "an older version of Anneal: train the model again, or use that version"],
      [4, "a newer version of Anneal: update this one"],
    ] as const) {
      expect(() => readModel(withCard((c) => Object.assign(c, { format })))).toThrow(
        new ModelError(`Expected a model of format ${FORMAT} but received one of format ${format}, which was written by ${writer}`),
      );
    }
  });

  it("reads a card of the format before, which had no contrast", () => {
    expect(readModel(withCard((c) => Object.assign(c, { format: 2 }))).card).toEqual(readModel(file).card);
    expect(() => readModel(withCard((c) => Object.assign(c, { format: 2, contrast: 60 })))).toThrow(
      new ModelError("Expected a card of format 3 for `contrast` but received one of format 2"),
    );
    expect(readModel(withCard((c) => Object.assign(c, { contrast: 40.5 }))).card.contrast).toBe(40.5);
    expect(() => readModel(withCard((c) => Object.assign(c, { contrast: 256 })))).toThrow("a number from 0 to 255 for `contrast`");
  });

  it("refuses fields of ONNX that it does not know", () => {
    const emptyFunction = [0xca, 0x01, 0]; // field 25 of ModelProto, `functions`, which could give an operator another meaning
    expect(() => readModel(Uint8Array.of(...file, ...emptyFunction))).toThrow(ModelError);
  });
});

const of = (graph: GraphProto, name: string) => graph.initializer.find((tensor) => tensor.name === name)!;
const bytesOf = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);
