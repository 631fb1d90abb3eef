/** What a newcomer does: `npm start`, a look at the page, an image; and an image from the command line. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { expect, inject, it, vi } from "vitest";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import { killGroup, run, untilPrinted, words } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { freePort } from "../support/start-worker.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MODEL = join(ROOT, "wasm-model/models", DEFAULT_MODEL, MODEL_FILE);
const folder = temporaryFolder("start");

const ask = (path: string): Promise<Response> => fetch(new URL(path, inject("origin")));

it("npx anneal sample: writes the bytes that /sample serves", async () => {
  const file = join(folder, "sample.png");
  const flags = words`--seed 7/0 --class robot --steps 5 --sampler heun --size 100 --out ${file}`;
  expect(await run("sample", [MODEL, ...flags])).toMatchObject({ code: 0, stderr: "" });
  const served = await ask("/sample?seed=7/0&class=Robot&steps=5&sampler=heun&size=100");
  expect(new Uint8Array(readFileSync(file))).toEqual(await served.bytes());
});

const site = join(ROOT, "dist/site");
/** When each file was last changed, by its path. */
const changes = () => {
  const files = readdirSync(site, { recursive: true, encoding: "utf8" }).map((name) => [name, statSync(join(site, name))] as const);
  return new Map(files.filter(([, file]) => file.isFile()).map(([name, file]) => [name, file.mtimeMs]));
};

it("npm start: is the only command that a newcomer needs, whatever Node the system has; its build changes only what was not right", async () => {
  const before = changes();
  expect([...before.keys()]).toEqual(
    expect.arrayContaining(["embed.js", "how/index.html", expect.stringMatching(/^assets\/thread-[\w-]{8}\.js$/)]),
  );
  writeFileSync(join(site, "assets/chunk-OLD.js"), "");
  const port = String(await freePort());
  const PATH = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.includes("node_modules"))
    .join(delimiter);
  const child = spawn("npm", ["start", "--", "--port", port], {
    cwd: ROOT,
    env: { ...process.env, PATH },
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await untilPrinted(child, new RegExp(`Ready on http://127.0.0.1:${port}`));
    const image = await fetch(`http://localhost:${port}/sample?seed=7`);
    expect(await image.bytes()).toEqual(await (await ask("/sample?seed=7")).bytes());
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toContain("<title>Anneal: noise, cooled into images</title>");
    expect(changes()).toEqual(before); // the files may be being served
    child.kill("SIGTERM"); // npm alone, which passes it on to a shell and no further
    await vi.waitFor(() => expect(fetch(`http://localhost:${port}/`)).rejects.toThrow(), { timeout: 20_000 });
  } finally {
    killGroup(child);
  }
});
