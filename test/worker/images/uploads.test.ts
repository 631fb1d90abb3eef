/** Images by POST, and what made a PNG file. */
import { type BitDepth, decode, encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { type Chunk, writeChunks } from "../../../wasm-model/render/image/chunks.ts";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { dataChunks, END, headerChunk, type PngKind, scanlinesOf } from "../../support/png-file.ts";
import { ask } from "../worker.ts";

const AREA = 28 * 28;

const bytes = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

const grey = (pixels: Uint8Array) => encodePng({ pixels, width: 28, height: 28, channels: 1 });
const image = Uint8Array.from({ length: AREA }, (_, i) => (i * 7) % 256);
/** The right half is white. */
const half = Uint8Array.from({ length: AREA }, (_, i) => (i % 28 < 14 ? 0 : 255));

const PNG = { "Content-Type": "image/png" };

function form(fields: Record<string, Uint8Array<ArrayBuffer> | string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, typeof value === "string" ? value : new Blob([value]));
  return data;
}

const post = (path: string, body: BodyInit, headers: HeadersInit = {}) => ask(path, { method: "POST", body, headers });

async function problem(response: Response, status: number): Promise<Record<string, unknown>> {
  expect([response.status, response.headers.get("Content-Type")]).toEqual([status, "application/problem+json"]);
  return response.json();
}

describe("POST /v1/{model}/inpaint", () => {
  const path = "/v1/fashion-mnist/inpaint";
  const upload = () => form({ image: grey(image), mask: grey(half) });

  it("keeps the mask's black part byte for byte", async () => {
    const response = await post(`${path}?seed=7&class=bag&steps=2`, upload());
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "image/png"]);
    expect([response.headers.get("X-Seed"), response.headers.get("X-NFE"), response.headers.get("Cache-Control")]).toEqual([
      "7",
      "2",
      "no-store",
    ]);
    const painted = [...decode(await bytes(response)).data];
    const kept = (_: number, i: number) => half[i] === 0;
    expect(painted.filter(kept)).toEqual([...image].filter(kept));
    expect(painted).not.toEqual([...image]);
  });

  it("gives grids, sizes, colours and formats", async () => {
    const response = await post(`${path}?seed=7&steps=1&n=2&size=56&background=fff`, upload());
    expect([response.headers.get("X-Seed"), response.headers.get("X-NFE"), response.headers.get("X-Model")]).toEqual([
      "7",
      "2",
      "fashion-mnist",
    ]);
    expect(decode(await bytes(response))).toMatchObject({ width: 112, height: 56, channels: 3 });
    const moving = await post(`${path}?steps=2&format=apng`, upload());
    expect([moving.status, moving.headers.get("Content-Type")]).toEqual([200, "image/apng"]);
  });

  it.each<[string, FormData, string, string, string]>([
    ["no mask", form({ image: grey(image) }), "empty-value", "mask", "nothing"],
    ["text for a file", form({ image: "image", mask: grey(half) }), "invalid-value", "image", "image"],
    ["an unknown field", form({ image: grey(image), mask: grey(half), seed: "7" }), "unknown-option", "seed", "7"],
    [
      "a mask of another size",
      form({ image: grey(image), mask: encodePng({ pixels: new Uint8Array(1), width: 1, height: 1, channels: 1 }) }),
      "invalid-value",
      "mask",
      "a PNG file of 1x1 pixels",
    ],
  ])("refuses %s", async (_, body, code, key, received) => {
    expect(await problem(await post(path, body), 400)).toMatchObject({ code, key, received });
  });

  it("refuses two files of one name", async () => {
    const body = upload();
    body.append("mask", new Blob([grey(half)]));
    expect(await problem(await post(path, body), 400)).toMatchObject({ code: "repeated-option", key: "mask", received: "2 values" });
  });

  it("takes forms only", async () => {
    expect(await problem(await post(path, grey(image), PNG), 415)).toMatchObject({
      key: "Content-Type",
      expected: "multipart/form-data",
      received: `"image/png"`,
    });
    expect(await problem(await post(path, "x", { "Content-Type": "multipart/form-data" }), 400)).toMatchObject({ key: "body" });
    expect(await problem(await post(path, "x", { "Content-Type": "multipart/form-data; boundary=y" }), 400)).toMatchObject({ key: "body" });
  });
});

describe("POST /v1/{model}/variations", () => {
  const path = "/v1/fashion-mnist/variations";

  it("is like the image, and more so if the strength is smaller", async () => {
    const far = async (strength: string) => {
      const { data } = decode(await bytes(await post(`${path}?seed=7&steps=3&strength=${strength}`, grey(image), PNG)));
      return image.reduce((sum, value, i) => sum + Math.abs(value - data[i]), 0);
    };
    expect(await far("0")).toBeLessThan(await far("1"));
    const asForm = await post(`${path}?seed=7&steps=1`, form({ image: grey(image) }));
    expect(await bytes(asForm)).toEqual(await bytes(await post(`${path}?seed=7&steps=1`, grey(image), PNG)));
  });

  it.each([
    ["strength=2.5", "invalid-value", "strength"],
    ["sigma=1", "unknown-option", "sigma"],
    ["n=500", "over-budget", "n"],
  ])("refuses %s", async (query, code, key) => {
    expect(await problem(await post(`${path}?${query}`, grey(image), PNG), 400)).toMatchObject({ code, key });
  });
});

describe("POST /v1/{model}/denoise", () => {
  const path = "/v1/fashion-mnist/denoise";

  it("removes the noise from an image", async () => {
    const response = await post(`${path}?sigma=0.3`, grey(image), PNG);
    expect([response.status, response.headers.get("X-NFE")]).toEqual([200, "1"]);
    const { data } = decode(await bytes(response));
    expect(data.length).toBe(AREA);
    const other = decode(await bytes(await post(`${path}?sigma=0.3&class=3`, grey(image), PNG))).data;
    expect(other).not.toEqual(data);
    expect(decode(await bytes(await post(`${path}?size=100`, grey(image), PNG)))).toMatchObject({ width: 100, height: 100 });
  });

  it.each([
    ["sigma=0", "invalid-value", "sigma"],
    ["format=apng", "unknown-option", "format"],
  ])("refuses %s", async (query, code, key) => {
    expect(await problem(await post(`${path}?${query}`, grey(image), PNG), 400)).toMatchObject({ code, key });
  });
});

describe("an upload", () => {
  const path = "/v1/fashion-mnist/denoise";

  /** Of any kind that PNG has. */
  const file = (channels: number, options: { depth?: number; interlace?: "Adam7"; width?: number } = {}): Uint8Array<ArrayBuffer> => {
    const { depth = 8, width = 28, interlace } = options;
    const length = width * 28 * channels;
    const data = depth === 16 ? new Uint16Array(length) : new Uint8Array(length).fill(200);
    return encode({ data, width, height: 28, channels, depth: depth as BitDepth }, interlace && { interlace }) as Uint8Array<ArrayBuffer>;
  };

  const KIND = { width: 28, height: 28, type: 0, depth: 8 };
  const black = new Array<number>(AREA).fill(0);
  const written = (kind: PngKind, ...colours: Chunk[]) =>
    writeChunks([headerChunk(kind), ...colours, ...dataChunks(scanlinesOf(kind, black)), END]);

  /** Not 100 bytes: a decoder that obeys the last header would make room for 3.6 GB. */
  const bomb = writeChunks([
    headerChunk(KIND),
    ...dataChunks(new Uint8Array()),
    headerChunk({ ...KIND, width: 60_000, height: 60_000 }),
    END,
  ]);
  const surplus = writeChunks([headerChunk(KIND), ...dataChunks(new Uint8Array(1e6)), END]);

  it.each<[string, Uint8Array<ArrayBuffer>]>([
    ["grey", file(1)],
    ["RGB with alpha", file(4)],
    ["of a bit a pixel", written({ ...KIND, depth: 1 })],
  ])("may be %s", async (_, body) => {
    expect((await post(path, body, PNG)).status).toBe(200);
  });

  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["no PNG", new TextEncoder().encode("GIF89a...").slice(), "bytes that are not a PNG file"],
    ["a bomb", bomb, "a PNG file with more than one IHDR chunk"],
    ["of too many pixels", surplus, "a PNG file with more pixels than its header says"],
    ["of 16 bits", file(3, { depth: 16 }), "a PNG file of 16 bits (save it with 8)"],
  ])("may not be %s", async (_, body, received) => {
    expect(await problem(await post(path, body, PNG), 400)).toMatchObject({
      code: "invalid-value",
      key: "image",
      expected: "a PNG file of 28x28 pixels",
      received,
    });
  });

  it("has at most 256 KiB", async () => {
    const large = new Uint8Array(262_145);
    for (const target of [path, "/v1/fashion-mnist/inpaint", "/v1/fashion-mnist/variations"]) {
      expect(await problem(await post(target, large, PNG), 413)).toMatchObject({
        code: "too-large",
        key: "body",
        expected: "at most 262144 bytes",
      });
      const stream = new Blob([large]).stream(); // its length is not told
      expect(await problem(await post(target, stream, PNG), 413)).toMatchObject({ code: "too-large" });
    }
  });

  it("needs a media type", async () => {
    for (const type of ["image/jpeg", "application/json", "image/png2"]) {
      const mistake = await problem(await post(path, grey(image), { "Content-Type": type }), 415);
      expect(mistake).toMatchObject({
        code: "unsupported-media-type",
        expected: "multipart/form-data or image/png or image/apng",
        received: JSON.stringify(type),
      });
    }
    expect(await problem(await post(path, grey(image)), 415)).toMatchObject({ received: "nothing" });
  });

  it("needs an existing model", async () => {
    for (const operation of ["inpaint", "variations", "denoise"]) {
      expect(await problem(await post(`/v1/nope/${operation}`, grey(image), PNG), 404)).toMatchObject({
        key: "model",
        expected: "one of avatars, fashion-mnist, mnist, cifar10",
      });
    }
  });
});
