/**
 * Models of different shape in one Worker: a grey one of 8x8 pixels, and two of 30x22 pixels in colour, which their network pads
 * to 32x24; the images of one are cut out and have a palette.
 */
import { decode } from "fast-png";
import { expect, it } from "vitest";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { cutOut } from "../../support/random-finisher.ts";
import { DEEP, randomModel, TINY } from "../../support/random-model.ts";
import { service } from "./service.ts";

const grey = randomModel(TINY, 1, "int8");
const colour = randomModel(DEEP["32x24 for 30x22, three levels"], 1, "int8");
const crop = { top: 1, left: 1, height: 30, width: 22 };
const files = [
  writeModel({ ...grey, card: { ...grey.card, name: "grey" } }),
  writeModel({ ...colour, card: { ...colour.card, name: "colour", crop } }),
  writeModel(cutOut({ ...colour, card: { ...colour.card, name: "sprite", crop } }, 2)),
];
const ask = service({ models: files });
const shape = async (path: string) => {
  const { width, height, channels } = decode(await (await ask(path)).bytes());
  return [width, height, channels];
};

it("draws each in its own size and colours, alone, larger and in grids", async () => {
  expect(await shape("/sample?seed=7")).toEqual([8, 8, 1]);
  expect(await shape("/sample?seed=7&model=colour")).toEqual([22, 30, 3]);
  expect(await shape("/sample?seed=7&model=colour&size=33")).toEqual([33, 45, 3]);
  expect(await shape("/sample?seed=7&model=grey&n=5")).toEqual([24, 16, 1]);
  expect(await shape("/sample?seed=7&model=colour&n=5")).toEqual([66, 60, 3]);
  expect((await ask("/sample?seed=7&model=colour&format=apng")).status).toBe(200);
});

it("draws cut-outs transparent or on a colour, and pixel art in indexed files", async () => {
  expect(await shape("/sample?seed=7&model=sprite&size=44")).toEqual([44, 60, 1]); // one index
  expect(await shape("/sample?seed=7&model=sprite&palette=free")).toEqual([22, 30, 4]);
  expect(await shape("/sample?seed=7&model=sprite&palette=free&background=fff")).toEqual([22, 30, 3]);
  expect((await ask("/sample?seed=7&model=sprite&format=apng&frames=2")).status).toBe(200);
});
