/** Archives of images: the same images as from a folder, and nothing of what archives can do to a machine. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Zippable, zipSync } from "fflate";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { writeFolder } from "../../support/files.ts";
import { BLUE, halves, RED, tarGz } from "./made-up.ts";

let root: string;
let files: Record<string, Uint8Array>;
beforeAll(async () => {
  files = {};
  for (let i = 0; i < 24; i++) {
    const image = halves(40, 30, RED, i % 2 ? BLUE : RED);
    files[`train/${i % 2 ? "two" : "__proto__"}/${i}.${i % 3 ? "png" : "JPG"}`] = await (i % 3 ? image.png() : image.jpeg()).toBuffer();
  }
  files["test/two/1.png"] = await halves(40, 30, BLUE).png().toBuffer();
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "anneal-archives-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const KINDS = [
  ["zip", async (content: Record<string, Uint8Array>) => zipSync(withPrototype(content))],
  ["tar.gz", (content: Record<string, Uint8Array>) => tarGz(content)],
  ["tgz", (content: Record<string, Uint8Array>) => tarGz(content)],
  ["tar", async (content: Record<string, Uint8Array>) => gunzipSync(await tarGz(content))],
] as const;
const TARS = KINDS.filter(([kind]) => kind !== "zip");

/** fflate takes nested objects for folders: flat names stay as they are. */
const withPrototype = (content: Record<string, Uint8Array>): Zippable => content;

function write(name: string, bytes: Uint8Array): string {
  const path = join(root, name);
  writeFileSync(path, bytes);
  return path;
}
const load = (path: string): Promise<Dataset> => loadDataset(path, { cache: join(root, "cache") });
const summary = ({ train, test, labels }: Dataset) => [train.images(), train.labels, test.images(), test.labels, labels];

describe.each(KINDS)("a .%s of images", (kind, pack) => {
  it("gives the images of the folder that it was made from, in whatever order it holds them, and leaves nothing beside it", async () => {
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    const path = write(`images.${kind}`, await pack(reversed));
    const set = await load(path);
    expect(summary(set)).toEqual(summary(await load(writeFolder(join(root, "images"), files))));
    expect(set).toMatchObject({ name: "images", folder: path, labels: ["__proto__", "two"] });
    expect([set.train.count, set.test.count]).toEqual([24, 1]);
    expect(readdirSync(root).sort()).toEqual(["cache", "images", `images.${kind}`]);
  });

  it("may have one folder around everything, and the files that macOS adds", async () => {
    const wrapped = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`my images/${path}`, bytes]));
    const path = write(
      `a.${kind}`,
      await pack({ ...wrapped, "__MACOSX/my images/._1.png": new Uint8Array(9), ".DS_Store": new Uint8Array(9) }),
    );
    const set = await load(path);
    expect(summary(set)).toEqual(summary(await load(write(`b.${kind}`, await pack(files)))));
    expect(set.notes.join()).not.toContain("skipped");
  });

  it("without folders is one class with the archive's name", async () => {
    const [image] = Object.values(files);
    expect(await load(write(`pets.${kind}`, await pack({ "1.png": image, "2.png": image })))).toMatchObject({
      name: "pets",
      labels: ["pets"],
    });
  });

  it("may contain files that are not images", async () => {
    const path = write(`some.${kind}`, await pack({ ...files, "train/two/empty.png": new Uint8Array(0), "readme.txt": new Uint8Array(3) }));
    expect((await load(path)).notes[0]).toBe(
      'skipped 2 of 27 files: 1 empty ("train/two/empty.png"); 1 not named like an image ("readme.txt")',
    );
  });

  it.each(["../evil.png", "a/../../evil.png", "/etc/evil.png", "..\\evil.png", "C:/evil.png"])(
    "is refused with the name %s",
    async (name) => {
      const path = write(`evil.${kind}`, await pack({ ...files, [name]: files["test/two/1.png"] }));
      const loading = load(path);
      await expect(loading).rejects.toThrow(`Expected names that stay inside the archive "${path}" for \`data\` but received "`);
      await expect(loading).rejects.toBeInstanceOf(UserError);
    },
  );

  it("is refused if it has no images or is cut off", async () => {
    const empty = write(`empty.${kind}`, await pack({ "readme.txt": new Uint8Array(3) }));
    await expect(load(empty)).rejects.toThrow(`"${empty}" has none that can be used: 1 not named like an image ("readme.txt")`);
    const whole = await pack(files);
    const cut = write(`cut.${kind}`, whole.subarray(0, whole.length * 0.6));
    const loading = load(cut);
    await expect(loading).rejects.toThrow(`Expected a whole archive for \`data\` but "${cut}" is truncated or damaged (`);
    await expect(loading).rejects.toBeInstanceOf(UserError);
  });

  it("is refused if it is another kind of file", async () => {
    const text = write(`text.${kind}`, Buffer.from("this is no archive, whatever its name says\n".repeat(50)));
    await expect(load(text)).rejects.toThrow(`Expected a whole archive for \`data\` but "${text}" is truncated or damaged (`);
  });
});

describe("a bomb", () => {
  const BOMB = "train/two/bomb.png";

  /** A .zip whose directory claims `size` bytes for the file BOMB, which has as many as any image. */
  function claiming(size: number): Uint8Array {
    const bytes = Buffer.from(zipSync({ ...files, [BOMB]: files["test/two/1.png"] }));
    bytes.writeUInt32LE(size, bytes.lastIndexOf(BOMB) - 22); // the directory's record has its name at 46, the size at 24
    return bytes;
  }

  /** 80 MB of zeros pack to 80 kB. */
  const zeros = () => tarGz({ ...files, [BOMB]: new Uint8Array(80 * 2 ** 20) });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    ["zip", () => claiming(2 ** 30)],
    ["tar.gz", zeros],
    ["tgz", zeros],
  ])("in a .%s is refused", async (kind, pack) => {
    const loading = load(write(`bomb.${kind}`, await pack()));
    await expect(loading).rejects.toThrow(
      /^Expected an archive that unpacks to at most 100 times its \d+ bytes for `data` but received ".*", which unpacks to more$/,
    );
    await expect(loading).rejects.toBeInstanceOf(UserError);
  });

  it("in a .zip that states a smaller size is skipped", async () => {
    const { notes } = await load(write("liar.zip", claiming(10)));
    expect(notes[0]).toBe('skipped 1 of 26 files: 1 damaged in the archive ("train/two/bomb.png")');
  });
});

describe("entries that are not files", () => {
  it.each(TARS)("are skipped in a .%s", async (kind) => {
    const tar = await tarGz(files, [
      { name: "train/two/link.png", type: "symlink", linkname: "/etc/passwd" },
      { name: "train/two/hard.png", type: "link", linkname: "train/two/1.png" },
      { name: "train/two/pipe.png", type: "fifo" },
      { name: "train/two", type: "directory" },
    ]);
    const set = await load(write(`links.${kind}`, kind === "tar" ? gunzipSync(tar) : tar));
    expect([set.train.count, set.test.count]).toEqual([24, 1]);
  });
});

it("a folder whose name ends like an archive's is a folder", async () => {
  mkdirSync(join(root, "images.zip"));
  expect((await load(writeFolder(join(root, "images.zip"), files))).train.count).toBe(24);
});
