/** Lists of seeds, and files of their images. */
import { expect, it } from "vitest";
import { csvOf, imageFiles, seedsIn } from "../../../wasm-model/request/file-names.ts";

it("an image's file lies in the folder of its class, if it has one, and no two are the same", () => {
  const images = [{ seed: "a/b", class: "tree" }, { seed: "A\\b", class: "Tree" }, { seed: "a/b", class: "cat:dog" }, { seed: "a/b" }];
  expect(imageFiles(images)).toEqual(["tree/a-b.png", "Tree/A-b-2.png", "cat-dog/a-b.png", "a-b.png"]);
});

it("a list is one seed a line, or CSV with classes, which comes back as it was", () => {
  const images = [{ seed: "Ada", class: "tree" }, { seed: 'a "b", c', class: "cat, dog" }, { seed: "7" }];
  expect(csvOf(images)).toBe('seed,class\nAda,tree\n"a ""b"", c","cat, dog"\n7,\n');
  expect(seedsIn(csvOf(images).replaceAll("\n", "\r\n"))).toEqual(images);
  expect(seedsIn("Seed,Class\nAda,\n,tree\n")).toEqual([{ seed: "Ada" }, { seed: "", class: "tree" }]);
  expect(seedsIn(" Ada\n\na,b\n")).toEqual([{ seed: "Ada" }, { seed: "a,b" }]);
});
