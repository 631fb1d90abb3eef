/** The same bytes everywhere: what the Worker serves has the kept hashes. (Other places: test/e2e/golden.test.ts.) */
import { expect, it } from "vitest";
import { sha256Hex } from "../golden/draw.ts";
import { images } from "../golden/png-sha256.json";
import { ask } from "./worker.ts";

it("serves the images whose bytes are kept", async () => {
  const served: Record<string, string> = {};
  for (const query of Object.keys(images)) served[query] = sha256Hex(new Uint8Array(await (await ask(`/sample?${query}`)).arrayBuffer()));
  expect(served).toEqual(images);
});
