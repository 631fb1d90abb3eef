/** A model of two files: a student and its teacher. */
import { describe, expect, it } from "vitest";
import {
  cardIn,
  denoise,
  inpaint,
  loadModel,
  ModelError,
  modelVersion,
  OptionError,
  parseRecipe,
  type Runtime,
  recipeIn,
  sample,
  vary,
} from "../../../wasm-model/index.ts";
import { teacherCard } from "../../../wasm-model/model/model.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { simd } from "../../../wasm-model/runtime/simd.ts";
import { randomModelFile, randomPair, SMALL, TINY } from "../../support/random-model.ts";

const { student, teacher } = randomPair(TINY, "pair");
const image = { pixels: Uint8Array.from({ length: 64 }, (_, i) => 4 * i), width: 8, height: 8, channels: 1 };
const mask = { ...image, pixels: image.pixels.map((_, i) => (i < 32 ? 0 : 255)) };

/** The engine, and the files that it was given. */
function recording() {
  const loaded: Uint8Array[] = [];
  const runtime: Runtime = {
    name: "recording",
    load(file) {
      loaded.push(file.bytes);
      return simd.load(file);
    },
  };
  return { runtime, loaded };
}

it("has one version for both files; a model of one file keeps its version", async () => {
  const pair = await loadModel(student, { runtime: simd, teacher });
  const single = await loadModel(teacher, { runtime: simd });
  expect(single.version).toBe(modelVersion(teacher));
  expect(pair.version).toBe(modelVersion(student, teacher));
  expect(new Set([modelVersion(student), pair.version, modelVersion(student, randomModelFile(TINY, 3, "int8"))]).size).toBe(3);
});

describe("a student without its teacher", async () => {
  const pair = await loadModel(student, { runtime: simd, teacher });
  const alone = await loadModel(student, { runtime: simd });

  it("draws what it knows, and states no version, since nobody serves that one", async () => {
    for (const options of [{}, { steps: 2 }, { temperature: 0.5 }, { to: "8", t: 0.3 }, { n: 3, guidance: "1.0", sampler: "langevin" }]) {
      const drawn = await sample(alone, { seed: "7", ...options });
      expect(drawn.pixels).toEqual((await sample(pair, { seed: "7", ...options })).pixels);
      expect([drawn.recipe, recipeIn(drawn.png())]).toEqual([undefined, undefined]);
    }
    expect(alone.version).toBeUndefined();
  });

  const WITHOUT = "as this model has no teacher,";

  it.each<[string, () => Promise<unknown>, string]>([
    ["guidance", () => sample(alone, { seed: "7", guidance: 2 }), `Expected 1, ${WITHOUT} for \`guidance\` but received 2`],
    ["sampler", () => sample(alone, { seed: "7", sampler: "heun" }), `Expected langevin, ${WITHOUT} for \`sampler\` but received heun`],
    ["steps", () => sample(alone, { seed: "7", steps: 3 }), "Expected one of 2, 4, the step counts that this model knows, for `steps`"],
    ["vary", () => vary(alone, { seed: "7", image }), `Expected no image, ${WITHOUT} for \`image\` but received one`],
    ["inpaint", () => inpaint(alone, { seed: "7", image, mask }), `Expected no image, ${WITHOUT} for \`image\` but received one`],
    ["denoise", () => denoise(alone, { image }), `Expected no image, ${WITHOUT} for \`image\` but received one`],
  ])("refuses what only its teacher knows: %s", async (_name, draw, message) => {
    const error: unknown = await draw().catch((reason) => reason);
    expect(error).toBeInstanceOf(OptionError);
    expect((error as OptionError).message).toContain(message);
  });
});

it("loads the teacher when it is first needed, and once", async () => {
  const { runtime, loaded } = recording();
  const model = await loadModel(student, { runtime, teacher });
  for (const options of [{}, { steps: 2 }, { temperature: 0.5 }, { to: "8" }, { n: 3 }]) {
    expect((await sample(model, { seed: "7", ...options })).drawnBy).toBe("student");
  }
  expect(loaded).toEqual([student]);
  const drawn = await Promise.all(
    [{ steps: 3 }, { guidance: 2 }, { sampler: "heun" }].map((options) => sample(model, { seed: "7", ...options })),
  );
  expect(drawn.map(({ drawnBy }) => drawnBy)).toEqual(["teacher", "teacher", "teacher"]);
  expect(loaded).toEqual([student, teacher]);
});

it("tries a teacher that could not be loaded again", async () => {
  let fails = true;
  const runtime: Runtime = {
    name: "failing",
    async load(file) {
      if (file.bytes === teacher && fails) throw new Error("no memory");
      return simd.load(file);
    },
  };
  const model = await loadModel(student, { runtime, teacher });
  await expect(sample(model, { seed: "7", steps: 3 })).rejects.toThrow("no memory");
  fails = false;
  expect((await sample(model, { seed: "7", steps: 3 })).drawnBy).toBe("teacher");
});

describe("draws with either file what that file draws alone", async () => {
  const pair = await loadModel(student, { runtime: simd, teacher });
  const [own, other] = await Promise.all([student, teacher].map((file) => loadModel(file, { runtime: simd })));

  it.each([{}, { steps: 2 }, { temperature: 0.5 }, { temperature: 0 }, { to: "8", t: 0.3 }, { to: "8", n: 2 }, { n: 5, class: 1 }])(
    "the student: %o",
    async (options) => {
      const drawn = await sample(pair, { seed: "7", ...options });
      expect(drawn.drawnBy).toBe("student");
      expect(drawn.pixels).toEqual((await sample(own, { seed: "7", ...options })).pixels);
    },
  );

  it.each([{ steps: 3 }, { guidance: 2 }, { sampler: "heun", steps: 5 }, { steps: 8, n: 2 }, { steps: 7, frames: 4 }])(
    "the teacher: %o",
    async (options) => {
      const drawn = await sample(pair, { seed: "7", ...options });
      expect(drawn.drawnBy).toBe("teacher");
      expect(drawn.pixels).toEqual((await sample(other, { seed: "7", ...options })).pixels);
      expect(drawn.frames?.length).toBe(options.frames);
    },
  );

  it("the teacher: operations that begin from an image", async () => {
    for (const [drawn, expected] of [
      [await vary(pair, { seed: "7", image }), await vary(other, { seed: "7", image })],
      [await vary(pair, { seed: "7", image, steps: 4, n: 2 }), await vary(other, { seed: "7", image, steps: 4, n: 2 })],
      [await inpaint(pair, { seed: "7", image, mask }), await inpaint(other, { seed: "7", image, mask })],
    ] as const) {
      expect(drawn.drawnBy).toBe("teacher");
      expect(drawn.pixels).toEqual(expected.pixels);
    }
    expect(await denoise(pair, { image })).toEqual(await denoise(other, { image }));
  });

  it("with the model's recipe, whichever file drew", async () => {
    for (const [options, steps] of [
      [{}, 4],
      [{ guidance: 2 }, 3],
    ] as const) {
      const { recipe = "" } = await sample(pair, { seed: "7", ...options });
      expect(parseRecipe(recipe)).toMatchObject({ model: "pair", version: pair.version, options: { steps } });
    }
    expect((await sample(own, { seed: "7" })).drawnBy).toBeUndefined();
  });
});

describe("teacherCard", () => {
  const cards = { student: cardIn(student), teacher: cardIn(teacher) };

  it("has the student's name: recipes and addresses name the model", () => {
    expect(teacherCard(cards.student, { ...cards.teacher, name: "elsewhere" })).toEqual({ ...cards.teacher, name: "pair" });
  });

  it.each([
    [
      "of images of another shape",
      cardIn(randomModelFile({ ...SMALL, classes: 3 }, 1, "int8")),
      "8x8x1 of Class 0, Class 1, Class 2 with sigmaData 0.5",
    ],
    ["of other classes", { ...cards.teacher, labels: ["a", "b", "c"] }, "a, b, c"],
    ["that is a student itself", cards.student, "a teacher for `teacher` but received a student"],
  ])("refuses one %s", (_, other, message) => {
    expect(() => teacherCard(cards.student, other)).toThrow(ModelError);
    expect(() => teacherCard(cards.student, other)).toThrow(message);
  });

  it("refuses a student that knows any number of steps, or not its own default", () => {
    expect(() => teacherCard(cards.teacher, cards.teacher)).toThrow(
      "Expected `sampling.allowedSteps` in the card of a model with a teacher",
    );
    const sampling = { ...cards.student.sampling, steps: 8 };
    expect(() => teacherCard({ ...cards.student, sampling }, cards.teacher)).toThrow("Expected one of 2, 4 for `sampling.steps`");
  });

  it("is checked when a model is loaded", async () => {
    const { card, weights } = readModel(teacher);
    const other = writeModel({ card: { ...card, labels: ["a", "b", "c"] }, weights });
    await expect(loadModel(student, { runtime: simd, teacher: other })).rejects.toThrow(ModelError);
  });
});
