/** Models with a matte and a palette, through the public API, from their file. */
import { decode, decodeApng } from "fast-png";
import { describe, expect, it } from "vitest";
import { simd } from "../../wasm-model/engine/simd.ts";
import { apng, inpaint, loadModel, type OptionError, type Pixels, recipeIn, type Sample, sample, vary } from "../../wasm-model/index.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finisherCounts } from "../../wasm-model/network/count.ts";
import { BYTE_COST, costOf } from "../../wasm-model/render/cost.ts";
import { onColour } from "../../wasm-model/render/cut-out.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { cutOut, DEEP, randomModel, withFinishers } from "../support/random-model.ts";

const bare = randomModel(DEEP["32x32, three levels"], 3, "int8");
const files = { sticker: writeModel(withFinishers(bare, 2, "enlarger", "matte")), sprite: writeModel(cutOut(bare, 2)) };
const [sticker, sprite] = [await loadModel(files.sticker, { runtime: simd }), await loadModel(files.sprite, { runtime: simd })];
const MODELS = [
  ["stickers", sticker],
  ["sprites", sprite],
] as const;

/** The pixels of an indexed PNG file, as RGBA. */
function indexedPixels(png: Uint8Array): Uint8Array {
  const { palette, data, channels } = decode(png);
  expect([palette !== undefined, channels]).toEqual([true, 1]);
  return Uint8Array.from([...data].flatMap((index) => [...palette![index], 255].slice(0, 4)));
}

describe.each(MODELS)("%s", (_, model) => {
  it("are transparent by default, in the library, their files, grids and animations", async () => {
    const drawn = await sample(model, { seed: "7", frames: 3 });
    expect(drawn.channels).toBe(4);
    expect(new Set(drawn.pixels.filter((_, i) => i % 4 === 3)).size).toBeGreaterThan(1);
    const animation = decodeApng(apng(drawn), { checkCrc: true });
    expect(animation.channels).toBe(4);
    expect([...animation.frames.at(-1)!.data]).toEqual([...drawn.pixels]);
    for (const { data } of animation.frames.slice(0, -1)) expect(Array.from(data).every((byte, i) => i % 4 < 3 || byte === 255)).toBe(true);
    const images: Sample[] = [];
    for (let k = 0; k < 3; k++) images.push(await sample(model, { seed: `7/${k}` }));
    expect((await sample(model, { seed: "7", n: 3 })).pixels).toEqual(grid(images, 2).pixels);
  });

  it("stand on a colour that is asked for, and on none if it is `transparent`", async () => {
    const drawn = await sample(model, { seed: "7" });
    const { pixels, channels } = await sample(model, { seed: "7", background: "#402060" });
    expect({ pixels, channels }).toMatchObject({ pixels: onColour(drawn, [64, 32, 96]).pixels, channels: 3 });
    expect((await sample(model, { seed: "7", background: "transparent" })).png()).toEqual(drawn.png());
    await expect(sample(model, { seed: "7", foreground: "fff" })).rejects.toThrow("`foreground` works with grey models only");
  });

  it("have a recipe that draws the same file", async () => {
    for (const options of [
      {},
      { background: "fff" },
      { size: 128 },
      { size: 64, enlarge: "smooth" },
      { palette: "free", size: 100 },
      { radius: 30 },
    ] as const) {
      const file = (await sample(model, { seed: "7", ...options })).png();
      expect((await sample(model, JSON.parse(recipeIn(file)!).options)).png()).toEqual(file);
    }
  });

  it("keep colour and opacity of the given pixels, exactly", async () => {
    const { width, height } = model.card.spec;
    const image: Pixels = { width, height, channels: 4, pixels: Uint8Array.from({ length: 4 * width * height }, (_, i) => (i * 37) % 256) };
    const mask: Pixels = {
      width,
      height,
      channels: 1,
      pixels: Uint8Array.from({ length: width * height }, (_, i) => (i % 32 < 12 ? 255 : 0)),
    };
    const painted = await inpaint(model, { seed: "7", image, mask });
    for (let i = 0; i < width * height; i++) {
      const [given, drawn] = [image, painted].map(({ pixels }) => pixels.subarray(4 * i, 4 * i + 4));
      if (mask.pixels[i] === 0) expect(drawn).toEqual(given);
    }
    expect((await vary(model, { seed: "7", image, strength: 0 })).pixels).toEqual(image.pixels);
    expect((await vary(model, { seed: "7", image, strength: 0 })).png()).toBeInstanceOf(Uint8Array); // with more colours than an index has
  });

  it("are varied on their ground, in RGBA or as they stand there", async () => {
    const image = await sample(model, { seed: "7" });
    const onGround = onColour(image, [253, 246, 227]);
    const [a, b] = [await vary(model, { seed: "8", image }), await vary(model, { seed: "8", image: onGround })];
    expect(a.pixels).toEqual(b.pixels);
    const refused = await vary(model, { seed: "8", image: { ...image, channels: 2 } }).catch((error: OptionError) => error.option);
    expect(refused).toBe("image");
  });

  it("cost the matte more, and four channels", () => {
    const { cutOut: _, ...opaque } = model.card;
    const [more, less] = [model.card, opaque].map((card) => costOf(resolve("sample", { seed: "7", n: 4 }, card), card));
    expect(more - less).toBe(4 * (finisherCounts("matte", 32, 32).macs + BYTE_COST * 32 * 32));
    const smooth = [64, 32].map((size) => costOf(resolve("sample", { seed: "7", size, enlarge: "smooth" }, model.card), model.card));
    expect(smooth[0] - smooth[1]).toBe(2 * finisherCounts("enlarger", 32, 32).macs + 4 * BYTE_COST * 3 * 32 * 32);
  });
});

describe("sprites", () => {
  it("have the palette's colours only, in indexed files: alone, larger, in grids and on a colour", async () => {
    const allowed = [...sprite.card.palette!, "402060", "ffffff"];
    for (const options of [{}, { size: 64 }, { size: 100 }, { n: 3 }, { background: "402060" }] as const) {
      const drawn = await sample(sprite, { seed: "7", ...options });
      const rgba = indexedPixels(drawn.png());
      for (let i = 0; i < rgba.length; i += 4) {
        const own = drawn.pixels.subarray((i / 4) * drawn.channels, (i / 4 + 1) * drawn.channels);
        expect([...rgba.subarray(i, i + drawn.channels)]).toEqual([...own]);
        expect([0, 255]).toContain(rgba[i + 3]);
        if (rgba[i + 3] > 0) expect(allowed).toContain([...own.subarray(0, 3)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
      }
    }
  });

  it("are RGBA with round corners, with free colours and enlarged smoothly", async () => {
    for (const options of [{ radius: 20 }, { palette: "free" }, { size: 64, enlarge: "smooth" }] as const) {
      const drawn = await sample(sprite, { seed: "7", ...options });
      expect(decode(drawn.png())).toMatchObject({ channels: 4, data: drawn.pixels });
    }
  });

  it("repeat pixels by default, and take no notice of a palette where there is none", () => {
    const of = (card: typeof sprite.card, options: object) => resolve("sample", { seed: "7", ...options }, card);
    expect(of(sprite.card, { size: 64 })).toEqual(of(sprite.card, { size: 64, enlarge: "pixels" }));
    expect(of(sticker.card, { size: 64 })).toEqual(of(sticker.card, { size: 64, enlarge: "smooth", palette: "free" }));
  });
});
