/** CIFAR-10's binary files, with made-up images, and the archive of its host, which a local server stands for. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CIFAR10, type CifarArchive, cifar10, cifarFolder } from "../../../training/data/cifar.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { type Host, thisMachine } from "../../../training/data/locate.ts";
import { writeFolder } from "../../support/files.ts";
import { tarGz } from "./made-up.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-cifar-"));
const NAMES = ["airplane", "automobile", "bird"];

/** Record i: class i mod 3, red channel i, green channel the row, blue channel the column. */
function batch(first: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count * 3073 }, (_, at) => {
    const [i, offset] = [first + Math.floor(at / 3073), (at % 3073) - 1];
    if (offset < 0) return i % 3;
    const [plane, place] = [Math.floor(offset / 1024), offset % 1024];
    return [i, Math.floor(place / 32), place % 32][plane];
  });
}

const FILES: Record<string, Uint8Array> = {
  "batches.meta.txt": Buffer.from(`${NAMES.join("\n")}\n\n`),
  "data_batch_2.bin": batch(4, 2),
  "data_batch_1.bin": batch(0, 4),
  "test_batch.bin": batch(100, 3),
  "readme.html": Buffer.from("<html>"),
};

let archive: CifarArchive;
let server: Server;
let served: Uint8Array;
let requests: number;
beforeAll(async () => {
  served = await tarGz(Object.fromEntries(Object.entries(FILES).map(([name, bytes]) => [`cifar-10-batches-bin/${name}`, bytes])));
  server = createServer((request, response) => {
    requests += 1;
    if (request.url === "/cifar-10-binary.tar.gz") response.end(served);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  archive = { url: `http://127.0.0.1:${port}/cifar-10-binary.tar.gz`, md5: createHash("md5").update(served).digest("hex") };
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true, force: true });
});

let host: Host;
let runs = 0;
beforeEach(() => {
  requests = 0;
  runs += 1;
  host = { ...thisMachine, env: {}, cache: join(root, `cache-${runs}`) };
});

function expectCifar({ train, test, labels, width, height, channels }: Awaited<ReturnType<typeof cifar10>>): void {
  expect({ labels, width, height, channels }).toEqual({ labels: NAMES, width: 32, height: 32, channels: 3 });
  expect([[...train.labels], [...test.labels]]).toEqual([
    [0, 1, 2, 0, 1, 2],
    [1, 2, 0],
  ]);
  expect([...train.images(5, 6).subarray(3 * (7 * 32 + 9), 3 * (7 * 32 + 9) + 3)]).toEqual([5, 7, 9]);
  expect(test.images(2, 3)[0]).toBe(102);
}

describe("CIFAR-10 in its binary version", () => {
  it("is loaded from a folder", async () => {
    const folder = writeFolder(join(root, "bin"), FILES);
    const set = await loadDataset(folder);
    expectCifar(set);
    expect(set).toMatchObject({ name: "bin", folder });
    await expect(loadDataset(folder, { pictures: { width: 16, height: 16 } })).rejects.toThrow(
      "Expected no `size` for CIFAR-10 files, whose images already have one size, but received it",
    );
  });

  it.each<[string, Record<string, Uint8Array | undefined>, string]>([
    ["no names", { "batches.meta.txt": undefined }, "batches.meta.txt is not there"],
    ["an empty file of names", { "batches.meta.txt": new Uint8Array(0) }, "Expected one class name per line, all different, in "],
    [
      "a name that is there twice",
      { "batches.meta.txt": Buffer.from("a\nb\na\n") },
      "Expected one class name per line, all different, in ",
    ],
    ["a batch that was cut off", { "data_batch_2.bin": batch(0, 2).subarray(0, 5000) }, "Expected a multiple of 3073 bytes in"],
    ["an empty batch", { "data_batch_2.bin": new Uint8Array(0) }, "but received 0"],
    [
      "a label without a name",
      { "test_batch.bin": batch(0, 1).fill(7, 0, 1) },
      "Expected labels below 3, the number of names in batches.meta.txt",
    ],
  ])("is refused with %s", async (name, changes, message) => {
    const files = Object.entries({ ...FILES, ...changes }).filter((entry): entry is [string, Uint8Array] => entry[1] !== undefined);
    const folder = writeFolder(join(root, `bad ${name}`), Object.fromEntries(files));
    expect(() => cifarFolder(folder)).toThrow(message);
  });
});

describe("cifar10 by name", () => {
  it("is fetched from its host once, checked, and kept", async () => {
    const set = await cifar10(undefined, host, archive);
    expectCifar(set);
    expect(set.name).toBe("cifar10");
    expectCifar(await cifar10(undefined, host, archive));
    expect(requests).toBe(1);
    expect(readdirSync(join(host.cache, "cifar10"))).toEqual(["cifar-10-binary.tar.gz"]);
  });

  it("is fetched again if the cached copy is damaged", async () => {
    await cifar10(undefined, host, archive);
    writeFileSync(join(host.cache, "cifar10", "cifar-10-binary.tar.gz"), "x");
    expectCifar(await cifar10(undefined, host, archive));
    expect(requests).toBe(2);
  });

  it("is refused if the host sends something else, and nothing is cached", async () => {
    await expect(cifar10(undefined, host, { ...archive, md5: CIFAR10.md5 })).rejects.toThrow(
      `Expected the MD5 ${CIFAR10.md5} of \`${archive.url}\` but received ${archive.md5}: it is not cifar10's`,
    );
    expect(() => readdirSync(host.cache)).toThrow("ENOENT");
  });

  it("says what to do if the host does not answer", async () => {
    await expect(cifar10(undefined, host, { ...archive, url: archive.url.replace("binary", "lost") })).rejects.toThrow(
      /^Expected to fetch cifar10 from .*lost.tar.gz but failed: .* answered with status 404; if you have a copy, name its folder with --data-dir$/,
    );
  });

  it("is taken from a given folder: the files or the archive", async () => {
    const files = writeFolder(join(root, "given", "cifar-10-batches-bin"), FILES);
    expectCifar(await cifar10(join(root, "given"), host, archive));
    expectCifar(await cifar10(files, host, archive));
    const packed = writeFolder(join(root, "packed"), { "cifar-10-binary.tar.gz": served });
    expectCifar(await cifar10(undefined, { ...host, env: { ANNEAL_DATA: packed } }, archive));
    await expect(cifar10(packed, host, CIFAR10)).rejects.toThrow(`Expected the MD5 ${CIFAR10.md5}`);
    for (const path of ["nowhere", "packed/cifar-10-binary.tar.gz"]) {
      await expect(cifar10(join(root, path), host, archive)).rejects.toThrow(
        "Expected the folder of cifar10's files for `data-dir` but received",
      );
    }
    expect(requests).toBe(0);
  });
});
