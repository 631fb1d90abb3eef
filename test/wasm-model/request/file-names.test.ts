/** Lists of seeds, and files of their images. */
import { expect, it } from "vitest";
import { csvOf, fileStem, imageFiles, seedsIn } from "../../../wasm-model/request/file-names.ts";

it("an image's file lies in the folder of its class, if it has one, and no two are the same", () => {
  const images = [{ seed: "a/b", class: "tree" }, { seed: "A\\b", class: "Tree" }, { seed: "a/b", class: "cat:dog" }, { seed: "a/b" }];
  expect(imageFiles(images)).toEqual(["tree/a-b.png", "Tree/A-b-2.png", "cat-dog/a-b.png", "a-b.png"]);
});

it("names end between two code points, and none is a device of Windows or leaves its folder", () => {
  const long = "x".repeat(79);
  const files = imageFiles(["🐈", "🐉"].map((last) => ({ seed: long + last })));
  expect(files).toEqual([`${long}.png`, `${long}-2.png`]);
  const devices = ["con", "con.x", "NUL.txt", "nul .txt", "COM1", "com\u00b9", "LPT\u00b2.a", "CONIN$", "conout$.b"];
  for (const name of devices) expect(fileStem(name)).toBe(`image-${name}`);
  for (const name of ["cone", "x.con", "com", "com10", "null.x"]) expect(fileStem(name)).toBe(name);
  expect(["../../etc/passwd", "a\\b", "..", "/", "C:\\x", ".hidden.", "a\u0000b\u202ec", "e\u0301"].map(fileStem)).toEqual([
    ...["-..-etc-passwd", "a-b", "image-", "-", "C-x", "hidden", "a-b-c", "é"],
  ]);
});

it("a list of many equal seeds takes no longer than one of as many different ones", () => {
  const images = Array.from({ length: 100_000 }, () => ({ seed: "Ada" }));
  const files = imageFiles(images);
  expect([files[0], files[1], files.at(-1), new Set(files).size]).toEqual(["Ada.png", "Ada-2.png", "Ada-100000.png", 100_000]);
});

it.each([
  ["class,seed\ntree,Ada", /^Expected `seed,class` in the first line of a list in CSV but received `class,seed`$/],
  ["Seed;Class\nAda;tree", /received `Seed;Class`$/],
  ['"seed","class"\nAda,tree', /received `"seed","class"`$/],
  [new TextDecoder().decode(new TextEncoder().encode("s\0e\0e\0d\0,\0")), /^it has NUL bytes/],
])("a list whose header or encoding is another is refused: %j", (text, expected) => {
  expect(() => seedsIn(text)).toThrow(expected);
});

it("a list is one seed a line, or CSV with classes, which comes back as it was", () => {
  const images = [{ seed: "Ada", class: "tree" }, { seed: 'a "b", c', class: "cat, dog" }, { seed: "7" }];
  expect(csvOf(images)).toBe('seed,class\nAda,tree\n"a ""b"", c","cat, dog"\n7,\n');
  expect(seedsIn(csvOf(images).replaceAll("\n", "\r\n"))).toEqual(images);
  expect(seedsIn("Seed,Class\nAda,\n,tree\n")).toEqual([{ seed: "Ada" }, { seed: "", class: "tree" }]);
  expect(seedsIn("seed,class\rAda,tree\rBob,")).toEqual([{ seed: "Ada", class: "tree" }, { seed: "Bob" }]);
  expect(seedsIn("class\nseed class x\r7")).toEqual([{ seed: "class" }, { seed: "seed class x" }, { seed: "7" }]);
  expect(seedsIn(" Ada\n\na,b\n")).toEqual([{ seed: "Ada" }, { seed: "a,b" }]);
});
