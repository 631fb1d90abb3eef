/**
 * The same bytes everywhere: in workerd, what the Worker serves and what either build draws have the hashes of the golden
 * images. (Other places: test/e2e/golden.test.ts.)
 */
import { expect, it } from "vitest";
import { builds } from "../../wasm-model/engine/simd.workerd.ts";
import avatars from "../../wasm-model/models/avatars/sha256.json";
import cifar10 from "../../wasm-model/models/cifar10/sha256.json";
import fashion from "../../wasm-model/models/fashion-mnist/sha256.json";
import mnist from "../../wasm-model/models/mnist/sha256.json";
import pixels from "../../wasm-model/models/pixels/sha256.json";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import fixture from "../golden/cut-outs/model.onnx";
import own from "../golden/cut-outs/sha256.json";
import { draw } from "../verify/task.ts";
import { SHIPPED } from "./service/service.ts";
import { ask } from "./worker.ts";

it.each(Object.entries({ avatars, cifar10, "fashion-mnist": fashion, mnist, pixels }))(
  "serves the golden images of %s",
  async (name, { images }) => {
    for (const [query, { png }] of Object.entries(images))
      expect([query, sha256Hex(await (await ask(`/sample?model=${name}&${query}`)).bytes())]).toEqual([query, png]);
  },
);

it("draws them with the plain build, too", async () => {
  expect(await draw(SHIPPED[1].file, builds, "plain")).toEqual(avatars.images);
});

it.each(["plain", "relaxed"] as const)("draws those of a model with an enlarger of its own: %s SIMD", async (build) => {
  expect(await draw(new Uint8Array(fixture), builds, build)).toEqual(own.images);
});
