/** What a newcomer does: `npm start`, a look at the page, an image; and the same image from the command line. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { finished, killGroup, run, startProgram } from "../support/command-line.ts";
import { pngDifference, RUNTIME_TOLERANCE } from "../support/pixels.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MODEL = join(ROOT, "wasm-model/models/fashion-mnist/model.onnx");
const folder = mkdtempSync(join(tmpdir(), "anneal-"));
let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker();
});

afterAll(async () => {
  await worker?.stop();
  rmSync(folder, { recursive: true });
});

const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, worker.origin), init);
const bytes = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

/** Draws with the command line into a file. */
async function draw(...args: string[]): Promise<Uint8Array> {
  const file = join(folder, "sample.png");
  const { code, stderr } = await run("sample", [MODEL, ...args, "--out", file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return new Uint8Array(readFileSync(file));
}

/** Width, height, bit depth and colour type of a PNG, and its rows as the platform's zlib reads them. */
function readPng(file: Uint8Array): { header: number[]; rows: Uint8Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const nameAt = (offset: number) => String.fromCharCode(...file.subarray(offset + 4, offset + 8));
  expect([...file.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const dataAt = 8 + 12 + view.getUint32(8);
  expect([nameAt(8), nameAt(dataAt)]).toEqual(["IHDR", "IDAT"]);
  const data = file.subarray(dataAt + 8, dataAt + 8 + view.getUint32(dataAt));
  return { header: [view.getUint32(16), view.getUint32(20), file[24], file[25]], rows: inflateSync(data) };
}

describe("npm start", () => {
  it("serves the page", async () => {
    const response = await ask("/");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("<title>Anneal: noise, cooled into images</title>");
  });

  it("serves a grey PNG of 28x28 pixels", async () => {
    const response = await ask("/sample?seed=7");
    expect(response.headers.get("Content-Type")).toBe("image/png");
    const { header, rows } = readPng(await bytes(response));
    expect(header).toEqual([28, 28, 8, 0]);
    expect(rows.length).toBe(28 * 29); // each row starts with its filter's number
    expect(new Set(rows).size).toBeGreaterThan(16); // an image, no plain area
  });

  it.each(["/sample?steps=1e9", "/sample?seed=7&seed=8", "/nope"])("answers the mistake %s with a problem", async (path) => {
    const response = await ask(path);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status: response.status, detail: expect.stringMatching(/^Expected .+ but received /) });
  });

  it("refuses other methods", async () => {
    const response = await ask("/sample", { method: "POST" });
    expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET, HEAD"]);
  });
});

describe("npx anneal sample", () => {
  it.each([
    ["seed=7", ["--seed", "7"]],
    [
      "seed=7/0&class=Ankle+boot&steps=5&sampler=heun&size=100",
      ["--seed", "7/0", "--class", "ankle boot", "--steps", "5", "--sampler", "heun", "--size", "100"],
    ],
  ])("writes the bytes that /sample?%s serves", async (query, args) => {
    expect(await draw(...args)).toEqual(await bytes(await ask(`/sample?${query}`)));
  });

  it("runs onnxruntime if told to", async () => {
    const drawn = await draw("--seed", "7", "--steps", "2", "--runtime", "onnxruntime");
    expect(pngDifference(drawn, await bytes(await ask("/sample?seed=7&steps=2")))).toBeLessThan(RUNTIME_TOLERANCE);
  });

  it("draws a grid", async () => {
    expect(readPng(await draw("--seed", "7", "--count", "5", "--steps", "1")).header).toEqual([3 * 28, 2 * 28, 8, 0]);
  });

  it.each([
    [["--steps", "0"], "Expected an integer from 1 to 64 for `steps` but received 0"],
    [["--class", "Shoe"], "Expected an index from 0 to 9 or one of T-shirt/top, "],
    [["--size", "27"], "Expected an integer from 28 to 448 for `size` but received 27"],
    [["--count", "0"], 'Expected a whole number from 1 to 1024 for `count` but received "0"'],
    [["--runtime", "abacus"], 'Expected one of simd, onnxruntime for `runtime` but received "abacus"'],
    [["--colour", "2"], "unknown option '--colour'"],
  ])("refuses %j in one line and writes nothing", async (args, message) => {
    const file = join(folder, "refused.png");
    const { code, stdout, stderr } = await run("sample", [MODEL, ...args, "--out", file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n").length).toBe(1);
    expect(() => readFileSync(file)).toThrow("ENOENT");
  });

  it.each([
    ["no-such-model.onnx", "ENOENT"],
    ["package.json", "Expected an ONNX model but received bytes that are not one"],
  ])("refuses the model %s in one line", async (file, message) => {
    const { code, stderr } = await run("sample", [file, "--out", join(folder, "refused.png")]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n").length).toBe(1);
  });
});

it("is the only command that a newcomer needs, whatever Node the system has", async () => {
  const { port } = new URL(await freeAddress());
  const PATH = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.includes("node_modules"))
    .join(delimiter);
  const child = spawn("npm", ["start"], {
    cwd: ROOT,
    env: { ...process.env, PATH, PORT: port },
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let printed = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      printed += text;
      if (printed.includes(`Anneal is at http://localhost:${port}/`)) break;
    }
    const image = await fetch(`http://localhost:${port}/sample?seed=7`);
    expect(await bytes(image)).toEqual(await bytes(await ask("/sample?seed=7")));
    child.kill("SIGTERM"); // npm alone, which passes it on to a shell and no further
    await vi.waitFor(() => expect(fetch(`http://localhost:${port}/`)).rejects.toThrow(), { timeout: 20_000 });
  } finally {
    killGroup(child);
  }
});

describe("PORT", () => {
  it("is the only way to choose where it listens", async () => {
    const started = async (flag: string) => {
      const { code, stderr } = await finished(startProgram("worker/node/start.ts", [flag, "9000"]));
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `Expected the environment variable PORT to choose the port of 127.0.0.1 but received \`${flag}\`\n`,
      });
    };
    await Promise.all(["--port", "--port=9000", "--ip"].map(started));
  });

  it("must be a port that is free", async () => {
    const port = new URL(worker.origin).port;
    const started = async (value: string, message: string) => {
      const { code, stderr } = await finished(startProgram("worker/node/start.ts", [], { PORT: value }));
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    };
    await Promise.all([
      started("http", "Expected an integer from 1 to 65535 for `PORT` but received http"),
      started("0", "Expected an integer from 1 to 65535 for `PORT` but received 0"),
      started(
        port,
        `Expected a free port for \`PORT\` but received ${port}, which is taken (PORT=${Number(port) + 1} npm start takes another)`,
      ),
    ]);
  });
});

/** Gives `use` the address of a server that answers with what `status` says. */
async function withServer<T>(status: () => number | Promise<number>, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(async (_request, response) => response.writeHead(await status()).end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Where nobody listens. */
const freeAddress = (): Promise<string> =>
  withServer(
    () => 200,
    async (url) => url,
  );

describe("the start", async () => {
  const module = resolve(import.meta.dirname, "../../worker/node/start.ts");
  const { untilReady } = await import(module);

  it("has failed when a signal ends the server", async () => {
    const { port } = new URL(await freeAddress());
    const child = startProgram("worker/node/start.ts", [], { PORT: port });
    const end = finished(child);
    const server = () => Number(execFileSync("pgrep", ["-P", String(child.pid), "-f", "wrangler"])); // throws while there is none
    process.kill(await vi.waitFor(server, { timeout: 60_000, interval: 100 }), "SIGKILL");
    expect((await end).code).toBe(1);
  });

  it("waits until the server answers with success", async () => {
    let asked = 0;
    await withServer(
      () => (++asked < 3 ? 500 : 200),
      async (url) => {
        await untilReady(url, 60_000);
        expect(asked).toBe(3);
      },
    );
  });

  it("gives up with one line if it never does", async () => {
    await withServer(
      () => 500,
      async (url) => {
        await expect(untilReady(url, 500)).rejects.toThrow(
          `Expected a successful answer from ${url} within 0.5 s but received HTTP status 500`,
        );
      },
    );
    await expect(untilReady(await freeAddress(), 500)).rejects.toThrow("but received none");
  });

  it("gives up on a server that accepts the request and never answers", async () => {
    await withServer(
      () => new Promise(() => undefined),
      async (url) => {
        await expect(untilReady(url, 500)).rejects.toThrow("but received none");
      },
    );
  });
});

describe("the build", () => {
  const site = resolve(import.meta.dirname, "../../dist/site");
  /** When each file was last changed, by its path. */
  const changes = () => {
    const files = readdirSync(site, { recursive: true, encoding: "utf8" }).map((name) => [name, statSync(join(site, name))] as const);
    return new Map(files.filter(([, file]) => file.isFile()).map(([name, file]) => [name, file.mtimeMs]));
  };

  it("leaves alone the files that are already right, since they may be being served, and removes old ones", async () => {
    const before = changes();
    expect([...before.keys()]).toEqual(
      expect.arrayContaining(["embed.js", "assets/site.css", "assets/watch.js", expect.stringMatching(/^assets\/thread-\w{8}\.js$/)]),
    );
    writeFileSync(join(site, "assets/chunk-OLD.js"), "");
    expect(await finished(startProgram("worker/node/build.ts", []))).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(changes()).toEqual(before);
  });
});
