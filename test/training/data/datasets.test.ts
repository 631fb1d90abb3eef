import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { statistics, trainingSha256 } from "../../../training/data/dataset.ts";
import { DATASETS, FILES, type FileRole, type NamedDataset } from "../../../training/data/datasets.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { type Host, locateDataset } from "../../../training/data/locate.ts";
import { memorySplit } from "../../../training/data/split.ts";
import { idxBytes } from "./idx-files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "anneal-data-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Three training and two test images of 2 x 1 pixels. */
const CONTENT: Record<FileRole, Uint8Array> = {
  trainImages: idxBytes([3, 2, 1], [0, 255, 10, 20, 30, 40]),
  trainLabels: idxBytes([3], [1, 0, 1]),
  testImages: idxBytes([2, 2, 1], [1, 2, 3, 4]),
  testLabels: idxBytes([2], [0, 1]),
};

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

/** A named data set made of CONTENT. */
const TINY: NamedDataset = {
  name: "tiny",
  labels: ["left", "right"],
  licence: "CC0-1.0",
  md5: {
    trainImages: md5(CONTENT.trainImages),
    trainLabels: md5(CONTENT.trainLabels),
    testImages: md5(CONTENT.testImages),
    testLabels: md5(CONTENT.testLabels),
  },
  debianPackage: "dataset-tiny",
  url: "https://example.org/tiny/",
};

/** Writes the files of CONTENT, changed by `changes` (undefined = no such file), to `folder` and returns it. */
function writeFolder(folder: string, changes: { [role in FileRole]?: Uint8Array | undefined } = {}, options = { gzip: false }): string {
  mkdirSync(folder, { recursive: true });
  for (const [role, bytes] of Object.entries({ ...CONTENT, ...changes })) {
    if (bytes === undefined) continue;
    const name = FILES[role as FileRole];
    writeFileSync(join(folder, options.gzip ? `${name}.gz` : name), options.gzip ? gzipSync(bytes) : bytes);
  }
  return folder;
}

/** A machine without packages and network, but for what `parts` says; it notes in `calls` what was asked of it. */
function fakeHost(parts: Partial<Host> = {}): Host & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    env: parts.env ?? {},
    cache: join(root, "cache"),
    run(command, args, cwd) {
      calls.push([command, ...args].join(" "));
      return parts.run?.(command, args, cwd) ?? Promise.reject(new Error(`no ${command} here`));
    },
    download(url) {
      calls.push(url);
      return parts.download?.(url) ?? Promise.reject(new Error("no network"));
    },
  };
}

const serveContent = async (url: string): Promise<Uint8Array> => {
  const role = (Object.keys(FILES) as FileRole[]).find((r) => url === `${TINY.url}${FILES[r]}.gz`);
  if (role === undefined) throw new Error(`nothing at ${url}`);
  return gzipSync(CONTENT[role]);
};

describe("locateDataset", () => {
  it("prefers the flag's folder, itself or its subfolder, to the environment's", async () => {
    const flag = writeFolder(join(root, "flag"));
    const variable = writeFolder(join(root, "variable", "tiny"), {}, { gzip: true });
    const host = fakeHost({ env: { ANNEAL_DATA: join(root, "variable") } });
    expect(await locateDataset(TINY, flag, host)).toBe(flag);
    expect(await locateDataset(TINY, join(root, "variable"), host)).toBe(variable);
    expect(await locateDataset(TINY, undefined, host)).toBe(variable);
    expect(host.calls).toEqual([]);
  });

  it("looks nowhere else if the flag's folder is wrong", async () => {
    writeFolder(join(root, "variable"));
    const host = fakeHost({ env: { ANNEAL_DATA: join(root, "variable") }, download: serveContent });
    const elsewhere = join(root, "elsewhere");
    await expect(locateDataset(TINY, elsewhere, host)).rejects.toThrow(
      new UserError(
        `Expected the folder of tiny's files for \`data-dir\` but received "${elsewhere}": not all four files are in ${elsewhere} or ${join(elsewhere, "tiny")}`,
      ),
    );
    await expect(locateDataset(TINY, "", host)).rejects.toThrow('for `data-dir` but received "": it is empty');
    expect(host.calls).toEqual([]);
  });

  it("looks further if the environment's folder is wrong", async () => {
    const host = fakeHost({ env: { ANNEAL_DATA: join(root, "elsewhere") }, download: serveContent });
    expect(await locateDataset(TINY, undefined, host)).toBe(join(host.cache, "tiny"));
  });

  it("refills a damaged cache, and says what is wrong with it if it cannot", async () => {
    const damaged = idxBytes([2], [1, 1]);
    const cache = writeFolder(join(root, "cache", "tiny"), { testLabels: damaged });
    await expect(locateDataset(TINY, undefined, fakeHost())).rejects.toThrow(
      `- cache folder ${cache}: Expected the MD5 ${TINY.md5.testLabels} of the decompressed \`${join(cache, FILES.testLabels)}\` but received ${md5(damaged)}`,
    );
    expect(await locateDataset(TINY, undefined, fakeHost({ download: serveContent }))).toBe(cache);
    expect(await locateDataset(TINY, undefined, fakeHost())).toBe(cache);
  });

  it("finds the installed package's files", async () => {
    const installed = writeFolder(join(root, "usr", "share"), {}, { gzip: true });
    const list = ["/.", "/usr", installed, ...readdirSync(installed).map((name) => join(installed, name)), ""].join("\n");
    const host = fakeHost({ run: async () => list });
    expect(await locateDataset(TINY, undefined, host)).toBe(installed);
    expect(host.calls).toEqual(["dpkg -L dataset-tiny"]);
  });

  it("unpacks the package into the cache, refreshing the package lists only if needed, and finds it there next time", async () => {
    let fresh = false;
    const host = fakeHost({
      async run(command, args, cwd) {
        const call = [command, args[0]].join(" ");
        if (call === "apt-get update") fresh = true;
        else if (call === "apt-get download" && fresh) writeFileSync(join(cwd, "dataset-tiny_1_all.deb"), "archive");
        else if (call === "dpkg -x" && existsSync(join(cwd, args[1]))) writeFolder(join(cwd, args[2], "usr", "share", "tiny"));
        else throw new Error("no");
        return "";
      },
    });
    const cache = join(host.cache, "tiny");
    expect(await locateDataset(TINY, undefined, host)).toBe(cache);
    expect(host.calls.map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
      "dpkg -L",
      "apt-get download",
      "apt-get update",
      "apt-get download",
      "dpkg -x",
    ]);
    expect(readdirSync(cache).sort()).toEqual(Object.values(FILES).sort());
    expect(readdirSync(host.cache)).toEqual(["tiny"]);

    const later = fakeHost();
    expect(await locateDataset(TINY, undefined, later)).toBe(cache);
    expect(later.calls).toEqual(["dpkg -L dataset-tiny"]);
  });

  it("downloads from the official host as the last way", async () => {
    const host = fakeHost({ download: serveContent });
    expect(await locateDataset(TINY, undefined, host)).toBe(join(host.cache, "tiny"));
    expect(host.calls.filter((call) => call.startsWith("http"))).toEqual(Object.values(FILES).map((name) => `${TINY.url}${name}.gz`));
  });

  it("leaves nothing in the cache if the download is another file or breaks off", async () => {
    const wrong = async (url: string) => (url.includes("t10k-labels") ? gzipSync(idxBytes([2], [1, 1])) : serveContent(url));
    await expect(locateDataset(TINY, undefined, fakeHost({ download: wrong }))).rejects.toThrow(`Expected the MD5 ${TINY.md5.testLabels}`);
    const cut = async (url: string) => (await serveContent(url)).subarray(0, 20);
    await expect(locateDataset(TINY, undefined, fakeHost({ download: cut }))).rejects.toThrow("truncated or damaged");
    expect(readdirSync(join(root, "cache"))).toEqual([]);
  });

  it("says for every way why it failed, in one error", async () => {
    const incomplete = writeFolder(join(root, "incomplete"), { testLabels: undefined });
    const error = await locateDataset(TINY, undefined, fakeHost({ env: { ANNEAL_DATA: incomplete } })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    const lines = (error as Error).message.split("\n");
    expect(lines[0]).toContain("Expected to find or fetch the data set tiny (train-images-idx3-ubyte, ");
    expect(lines.slice(1)).toEqual([
      `- folder given by the environment variable ANNEAL_DATA: not all four files are in ${incomplete} or ${join(incomplete, "tiny")}`,
      "- installed Debian package dataset-tiny: no dpkg here",
      `- cache folder ${join(root, "cache", "tiny")}: not all four files are in ${join(root, "cache", "tiny")}`,
      "- Debian package dataset-tiny, not installed: no apt-get here",
      "- download from https://example.org/tiny/: no network",
    ]);
  });
});

describe("loadDataset", () => {
  it("refuses files of another data set", async () => {
    const folder = writeFolder(join(root, "mnist"));
    const expected = DATASETS.find(({ name }) => name === "mnist")?.md5.trainImages;
    await expect(loadDataset("mnist", { dataDir: folder }, fakeHost())).rejects.toThrow(
      `Expected the MD5 ${expected} of the decompressed \`${join(folder, FILES.trainImages)}\` but received ${TINY.md5.trainImages}`,
    );
  });

  it.each([true, false])("loads a folder (gzip: %s)", async (gzip) => {
    const folder = writeFolder(join(root, "shapes"), {}, { gzip });
    writeFileSync(join(folder, "labels.txt"), "left\r\nright\r\n");
    const { train, test, ...rest } = await loadDataset(folder);
    expect(train.images()).toEqual(new Uint8Array([0, 255, 10, 20, 30, 40]));
    expect(train.images(1, 2)).toEqual(new Uint8Array([10, 20]));
    expect([...train.labels, train.count]).toEqual([1, 0, 1, 3]);
    expect(test.images()).toEqual(new Uint8Array([1, 2, 3, 4]));
    expect([...test.labels, test.count]).toEqual([0, 1, 2]);
    expect(rest).toEqual({
      name: "shapes",
      folder,
      labels: ["left", "right"],
      licence: "unknown",
      height: 2,
      width: 1,
      channels: 1,
      notes: ["only 3 training images: the network will memorize them"],
      details: [],
    });
  });

  it("holds out every tenth image of a folder without test files, names classes by number and reads colour", async () => {
    const count = 25;
    const folder = writeFolder(join(root, "colour"), {
      trainImages: idxBytes(
        [count, 1, 1, 3],
        Array.from({ length: count * 3 }, (_, i) => i),
      ),
      trainLabels: idxBytes(
        [count],
        Array.from({ length: count }, (_, i) => i % 4),
      ),
      testImages: undefined,
      testLabels: undefined,
    });
    const { train, test, labels, channels } = await loadDataset(folder);
    expect([train.count, test.count, channels]).toEqual([23, 2, 3]);
    expect([...test.images()]).toEqual([27, 28, 29, 57, 58, 59]);
    expect([...test.labels]).toEqual([9 % 4, 19 % 4]);
    expect([...train.images(8, 10)]).toEqual([24, 25, 26, 30, 31, 32]);
    expect(labels).toEqual(["0", "1", "2", "3"]);
  });

  it.each<[string, { [role in FileRole]?: Uint8Array | undefined }, string]>([
    ["fewer labels than images", { trainLabels: idxBytes([2], [0, 1]) }, "Expected 3 labels in"],
    ["images as labels", { trainLabels: CONTENT.trainImages }, "Expected the IDX magic number 0x00000801"],
    ["labels as images", { testImages: CONTENT.testLabels }, "Expected the IDX magic number 0x00000803 or 0x00000804"],
    ["test images of another shape", { testImages: idxBytes([2, 1, 2], [1, 2, 3, 4]) }, "Expected test images of 2 x 1 x 1 pixels"],
    ["no training labels", { trainLabels: undefined }, "Expected the file train-labels-idx1-ubyte (or train-labels-idx1-ubyte.gz)"],
    ["test images without labels", { testLabels: undefined }, "Expected the file t10k-labels-idx1-ubyte"],
    ["too few images to hold some out", { testImages: undefined, testLabels: undefined }, "Expected at least 10 images"],
    ["a label without a name", { trainLabels: idxBytes([3], [0, 1, 2]) }, "Expected labels below 2"],
  ])("refuses %s", async (_, changes, message) => {
    const folder = writeFolder(join(root, "folder"), changes);
    writeFileSync(join(folder, "labels.txt"), "left\nright");
    const loading = loadDataset(folder);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toBeInstanceOf(UserError);
  });

  it.each([
    [
      "all 255",
      [255, 255, 255],
      "Expected training images of each label from 0 to 255, the highest one, in",
      "none of 0 and 254 more: number the",
    ],
    ["with a gap", [0, 2, 0], "Expected training images of each label from 0 to 2, the highest one, in", "none of 1: number the"],
    ["without a training image", [0, 0, 0], "from 0 to 1, the highest one,", "none of 1: number the classes without gaps, or name them in"],
  ])("refuses labels %s, unless they are named", async (_, trainLabels, ...messages) => {
    const folder = writeFolder(join(root, "folder"), { trainLabels: idxBytes([3], trainLabels) });
    const names = join(folder, "labels.txt");
    rmSync(names, { force: true });
    for (const message of messages) await expect(loadDataset(folder)).rejects.toThrow(message);
    await expect(loadDataset(folder)).rejects.toThrow(UserError);
    const count = Math.max(...trainLabels, 1) + 1;
    writeFileSync(names, Array.from({ length: count }, (_, i) => `class ${i}`).join("\n"));
    expect((await loadDataset(folder)).labels).toHaveLength(count);
  });

  it("refuses a folder in place of the class names", async () => {
    const folder = writeFolder(join(root, "folder"));
    mkdirSync(join(folder, "labels.txt"));
    const loading = loadDataset(folder);
    await expect(loading).rejects.toThrow(
      `Expected a readable file \`${join(folder, "labels.txt")}\` but reading it failed (it is a folder`,
    );
    await expect(loading).rejects.toBeInstanceOf(UserError);
  });

  it("refuses a repeated class name, and data that is neither a data set nor a folder", async () => {
    const folder = writeFolder(join(root, "folder"));
    writeFileSync(join(folder, "labels.txt"), "same\nsame\n");
    await expect(loadDataset(folder)).rejects.toThrow("all different");
    await expect(loadDataset("fashion")).rejects.toThrow(
      'Expected fashion-mnist, mnist, cifar10, celeba, a folder of images, of IDX files or of CIFAR-10 files, or a .zip, .tar.gz or .tar of images for `data` but received "fashion"',
    );
  });
});

describe("the fingerprint of the training images", () => {
  const images = new Uint8Array([1, 2, 3, 4]);
  const dataset = { train: memorySplit(images, [0, 300]), height: 2, width: 1, channels: 1 };

  it("is the SHA-256 of shape, pixels and labels", () => {
    const bytes = Buffer.concat([Buffer.from("2 x 2 x 1 x 1\n"), images, Buffer.of(0, 0, 44, 1)]);
    expect(trainingSha256(dataset)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("does not depend on the pieces that the images are read in", () => {
    const many = new Uint8Array(5000).map((_, i) => i % 251);
    const { images: read, ...rest } = memorySplit(many, new Uint8Array(2500));
    let most = 0;
    const inPieces = (start = 0, end = 2500) => {
      most = Math.max(most, end - start);
      return read(start, end);
    };
    const bytes = Buffer.concat([Buffer.from("2500 x 2 x 1 x 1\n"), many, Buffer.alloc(5000)]);
    const received = trainingSha256({ ...dataset, train: { ...rest, images: inPieces } });
    expect(received).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(most).toBeLessThan(2500);
  });

  it("differs with each of them", () => {
    const others = [
      { ...dataset, height: 1, width: 2 },
      { ...dataset, train: memorySplit(new Uint8Array([1, 2, 3, 5]), [0, 300]) },
      { ...dataset, train: memorySplit(images, [0, 44]) },
    ];
    expect(new Set([dataset, ...others].map(trainingSha256)).size).toBe(4);
  });
});

describe("statistics", () => {
  it("are those of the training pixels in the network's units", () => {
    const split = memorySplit(new Uint8Array([0, 0, 0, 255]), [1, 1]);
    const { mean, std, classCounts } = statistics({ train: split, labels: ["a", "b", "c"] });
    expect(mean).toBeCloseTo(-0.5, 12);
    expect(std).toBeCloseTo(Math.sqrt(0.75), 12);
    expect(classCounts).toEqual([0, 2, 0]);
  });
});
