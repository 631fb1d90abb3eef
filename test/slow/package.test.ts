/**
 * The package as its users have it: what `npm pack` made, installed into empty folders. Library, command line, widget, app
 * and project each do what the README says of them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import type { Page } from "playwright";
import { beforeAll, describe, expect, it } from "vitest";
import { openModel } from "../../training/cli/model-files.ts";
import { type OptionalPackage, RANGES, withRange } from "../../training/cli/verbs.ts";
import { sample } from "../../wasm-model/index.ts";
import { launchChromium } from "../support/browsers.ts";
import { bundled } from "../support/bundled.ts";
import { refused, untilPrinted } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { api, commandsIn, deployment, EXAMPLES, installInto, PROMETHEUS, packInto, pinned, readme } from "../support/packed.ts";
import { freePort } from "../support/start-worker.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";
import { drawnByWidget, serveFiles } from "../support/web-page.ts";
import { installTools, toolPath } from "../tools/install.ts";

/** The other bundler that the documents name. */
const WEBPACK = "5.113.0";

const ROOT = resolve(import.meta.dirname, "../..");
const MODEL = join(ROOT, "wasm-model/models/pixels");
const folder = temporaryFolder("package");
const inFolder = (...parts: string[]): string => join(folder, ...parts);

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: { readonly anneal: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;

/** What the user has of this repository: Node and npm, no packages. */
const ENV = {
  ...process.env,
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
  WRANGLER_SEND_METRICS: "false",
};

const { run, succeed } = commandsIn(ENV);

let tarball: string;
/** The image of the README's examples. */
let expected: Buffer;

/** The oldest Node that the package promises to run on. */
const OLDEST = manifest.engines.node.replace(">=", "");

/** Runs that version of Node in a folder. */
const nodeOf = (version: string, cwd: string, ...args: string[]) =>
  succeed(cwd, "npm", "exec", "--yes", `--package=node@${version}`, "--", "node", ...args);

/** An empty folder with the package and these others. */
const project = (name: string, ...packages: string[]): Promise<string> => installInto(inFolder(name), succeed, tarball, ...packages);

let installed: Promise<string> | undefined;
/** A project with what pages, servers and type checks of the examples need. */
const app = (): Promise<string> => {
  installed ??= project(
    "app",
    ...["hono", "@hono/node-server", "vite", "onnxruntime-web", "sharp", "@types/node", "@cloudflare/workers-types"].map(pinned),
    `webpack@${WEBPACK}`,
    ...PROMETHEUS,
    "typescript-5@npm:typescript@5.9.3",
    `typescript-7@npm:${pinned("typescript")}`,
  );
  return installed;
};

/** What the documents name in passing, of the modules that no example imports so. */
const IN_PASSING = `
import { type AnnealOptions, anneal, ready, settingsFrom } from "anneal/hono";
import { onnxruntime } from "anneal/onnxruntime";
import model from "anneal/models/pixels.onnx";
import * as ort from "onnxruntime-web/wasm";
import { Hono } from "hono";

const options: AnnealOptions = { models: [model], ...settingsFrom({ BUDGET: "5e9" }) };
export default new Hono().route("/images", await ready(anneal(options)));
export const runtime = onnxruntime({ ort });
`;

const OLDEST_PEERS = `
import { readFile, writeFile } from "node:fs/promises";
import { loadModel, sample } from "anneal";
import { anneal, ready } from "anneal/hono";
import { onnxruntime } from "anneal/onnxruntime";
import { Hono } from "hono";
import * as ort from "onnxruntime-web/wasm";

const file = await readFile(new URL(import.meta.resolve("anneal/models/pixels.onnx")));
const service = new Hono().route("/images", await ready(anneal({ models: [file] })));
const answer = await service.request("/images/sample?seed=alice&class=robot");
await writeFile("served.png", new Uint8Array(await answer.arrayBuffer()));
const model = await loadModel(file, { runtime: onnxruntime({ ort }) });
await sample(model, { seed: "alice", class: "robot" });
`;

/** A page of React with a picture, and what it tells. */
const REACT_PAGE = `
import { Picture } from "anneal/react";
import { createElement, useRef, useState } from "react";

function Page() {
  const [told, setTold] = useState("");
  const ref = useRef(null);
  const picture = { seed: "alice", label: "robot", size: 16, className: "avatar", animated: false, model: "./model.onnx", ref };
  return createElement("main", null, createElement(Picture, { ...picture, onLoad: () => setTold(ref.current.seed) }), createElement("output", null, told));
}
export const page = createElement(Page);
`;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Bytes of all files below a folder. */
const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

beforeAll(async () => {
  tarball = await packInto(folder, succeed);
  const model = await openModel(MODEL);
  expected = Buffer.from((await sample(model, { seed: "alice", class: "robot" })).png());
});

describe("the tarball", () => {
  it("is well formed for Node, bundlers and TypeScript", async () => {
    installTools();
    await succeed(folder, process.execPath, toolPath("publint/src/cli.js"), "run", "--strict", tarball);
    // CommonJS has it by `import()`.
    await succeed(folder, process.execPath, toolPath("@arethetypeswrong/cli/dist/index.js"), tarball, "--profile", "esm-only");
  });

  it("contains no sources, tests or build information", async () => {
    const { stdout } = await succeed(folder, "tar", "-tzf", tarball);
    const files = stdout.trim().split("\n");
    const models = "package/wasm-model/models";
    expect(files).toEqual(
      expect.arrayContaining([
        "package/CHANGELOG.md",
        `${models}/pixels/README.md`,
        `${models}/pixels/model.onnx`,
        "package/dist/site/base.onnx",
        "package/dist/site/matte.onnx",
      ]),
    );
    for (const file of files.filter((name) => !name.includes("/template/"))) {
      expect(file).not.toMatch(/\.tsbuildinfo$|(?<!\.d)\.ts$|\/test\/|model-fp32/);
    }
    await succeed(folder, "tar", "-xzf", tarball);
    for (const page of files.filter((name) => name.endsWith(".md"))) {
      const images = readFileSync(inFolder(page), "utf8").matchAll(/(?:<img src="|!\[[^\]]*\]\()([^":)]+)[")]/g);
      for (const [, image] of images) expect(files, page).toContain(join(dirname(page), image));
    }
    const { size } = statSync(tarball);
    console.log(`tarball: ${megabytes(size)}`);
    expect(size).toBeLessThanOrEqual(8e6); // 3.4 of them the base, 1.3 pixels, 0.9 what trains in a page, 0.2 the matte that it starts from
  });

  it("contains the notices of the packages built into it", async () => {
    const notices = async (file: string) =>
      (await succeed(folder, "tar", "-xzOf", tarball, `package/dist/${file}third-party-licences.txt`)).stdout;
    for (const [file, names] of Object.entries({
      "training/": ["commander"],
      "node/": ["@hono/node-server", "hono"],
      "site/": ["fflate"],
    })) {
      const text = await notices(file);
      for (const name of names) expect(text).toMatch(new RegExp(`^---- ${name} \\d`, "m"));
    }
    const element = (await succeed(folder, "tar", "-xzOf", tarball, "package/dist/element.js")).stdout;
    for (const notice of ["(c) 2026 The Anneal authors", "---- valibot", "---- pbf", "---- @noble/hashes"])
      expect(element).toContain(notice);
  });

  it("is named in the documents' commands", () => {
    for (const page of [readme, deployment]) expect(page).toContain(`npm install ./${basename(tarball)}`);
  });
});

describe("the library and the command line", () => {
  let path: string;

  beforeAll(async () => {
    path = await project("library");
    writeFileSync(join(path, "example.mjs"), EXAMPLES.node);
  });

  it("take at most 16 MB with their dependencies", () => {
    const size = sizeOf(join(path, "node_modules"));
    console.log(`install: ${megabytes(size)}`);
    expect(size).toBeLessThanOrEqual(16e6);
  });

  it("draw the README's page on a host of files, on the device", async () => {
    const [introduction, html] = readme.split("\nIn plain HTML")[1].split("```");
    const plain = inFolder("plain");
    mkdirSync(plain);
    for (const [, file] of introduction.matchAll(/`(node_modules\/.*?)`/g)) copyFileSync(join(path, file), join(plain, basename(file)));
    expect(readdirSync(plain)).toEqual(["element.js", "model.onnx"]);
    writeFileSync(join(plain, "index.html"), html.replace(/^html/, "<!doctype html>"));
    await visitFiles(plain, async (page) => {
      const drawn = await drawnByWidget(page.locator("anneal-sample"));
      expect(drawn.equals(expected)).toBe(true);
    });
  });

  it("bundle to at most 48 KB of gzip, and 60 KB that only images larger than native load", async () => {
    const { outputFiles } = await build({
      stdin: { contents: 'export { loadModel, sample } from "anneal";', resolveDir: path },
      ...{ bundle: true, minify: true, format: "esm", write: false, splitting: true, outdir: path },
    });
    const [library, enlarger, ...others] = outputFiles.map(({ contents }) => gzipSync(contents, { level: 9 }).length);
    console.log(`bundle of loadModel and sample: ${(library / 1000).toFixed(1)} KB of gzip, and ${(enlarger / 1000).toFixed(1)} KB`);
    expect(library).toBeLessThanOrEqual(48_000);
    expect(enlarger).toBeLessThanOrEqual(60_000);
    expect(others).toEqual([]);
  });

  it.each([OLDEST, "24"])("draw on Node %s without TypeScript, by the command line and by the README's example", async (version) => {
    const node = (...args: string[]) => nodeOf(version, path, ...args);
    const drawn = (name: string) => readFileSync(join(path, name)).equals(expected);
    const words = ["sample", "--seed", "alice", "--class", "robot", "--out", `node-${version}.png`];
    await node(join("node_modules/anneal", manifest.bin.anneal), ...words);
    expect(drawn(`node-${version}.png`)).toBe(true);
    rmSync(join(path, "alice.png"), { force: true });
    await node("example.mjs");
    expect(drawn("alice.png")).toBe(true);
  });

  it("draw on two threads as API.md's example does", async () => {
    const threads = join(path, "threads");
    mkdirSync(threads);
    writeFileSync(join(threads, "example.mjs"), EXAMPLES.threads);
    await succeed(threads, process.execPath, "example.mjs");
    expect(readdirSync(threads).filter((name) => name.endsWith(".png"))).toHaveLength(200);
    const image = await sample(await openModel(MODEL), { seed: "item/7" });
    expect(readFileSync(join(threads, "7.png")).equals(image.png())).toBe(true);
  });

  const tfjs = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"] as const;
  it.each<[string, string, OptionalPackage[]]>([
    ["`anneal train`", "train --data images --out run", [...tfjs, "sharp"]],
    ["`anneal export`", "export model --out exported", [...tfjs]],
  ])("say in one line which other packages %s needs", async (user, words, peers) => {
    expect(await refused(run(path, "npx", "anneal", ...words.split(" ")))).toBe(missingLine(user, peers));
  });

  it("serve models on this machine", async () => {
    const port = String(await freePort());
    const server = spawn("npx", ["anneal", "dev", "--port", port], { cwd: path, env: ENV, detached: true });
    await untilPrinted(server, new RegExp(`http://localhost:${port}/`));
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(await page.text()).toContain("<title>Anneal: ");
    const script = await fetch(`http://127.0.0.1:${port}/embed.js`);
    expect([script.status, script.headers.get("Content-Type")]).toEqual([200, "text/javascript; charset=utf-8"]);
    process.kill(-(server.pid as number), "SIGINT");
    await once(server, "close");
    expect(await refused(run(path, "npx", "anneal", "dev", "no-such-folder"))).toMatch(
      /^Expected a folder with model\.onnx for `model` but received "no-such-folder"\n$/,
    );
  });
});

/** What the command line says where packages are not installed. */
function missingLine(user: string, peers: readonly OptionalPackage[]): string {
  const install = peers.map((name) => `"${withRange(name)}"`).join(" ");
  const all = peers.includes("@tensorflow/tfjs") ? " (or all that training needs: npx anneal setup-native)" : "";
  return `${user} needs ${peers.join(", ")}: npm install --save-dev ${install}${all}\n`;
}

/** Writes a page into a folder of the app: the element, which asks no service, and the library's example. */
async function writePage(name: string, script: string, model: string): Promise<string> {
  const path = join(await app(), name);
  mkdirSync(join(path, "src"), { recursive: true });
  writeFileSync(
    join(path, "index.html"),
    `<!doctype html><body><anneal-sample seed="alice" label="robot"></anneal-sample><script type="module" src="${script}"></script>`,
  );
  const library = EXAMPLES.page.replace('"/model.onnx"', "file");
  writeFileSync(join(path, "src/index.js"), `import "anneal/element";\n${model}\n${library}`);
  return path;
}

const BUNDLERS = {
  vite: async () => {
    const path = await writePage("vite", "/src/index.js", 'import file from "anneal/models/pixels.onnx?url";');
    await succeed(path, "npx", "vite", "build");
    return join(path, "dist");
  },
  webpack: async () => {
    const path = await writePage("webpack", "main.js", 'const file = new URL("anneal/models/pixels.onnx", import.meta.url).href;');
    const build =
      'import webpack from "webpack"; webpack({ mode: "production" }, (error, stats) => { if (error ?? stats.hasErrors()) throw error ?? stats.toString(); });';
    await succeed(path, process.execPath, "--input-type=module", "--eval", build);
    copyFileSync(join(path, "index.html"), join(path, "dist/index.html"));
    return join(path, "dist");
  },
};

it.each(Object.entries(BUNDLERS))("library and widget draw in a page that %s bundles", async (_, built) => {
  await visitFiles(await built(), async (page) => {
    const drawn = await page.locator("body > img").evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())];
    });
    expect(Buffer.from(drawn).equals(expected)).toBe(true);
    expect((await drawnByWidget(page.locator("anneal-sample"))).equals(expected)).toBe(true);
  });
});

/** Opens the page of a folder of files in a browser. */
async function visitFiles(root: string, act: (page: Page) => Promise<void>): Promise<void> {
  const host = await serveFiles(root);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(host.url);
    await act(page);
  } finally {
    await Promise.all([browser.close(), host.stop()]);
  }
}

describe("anneal new", () => {
  let path: string;

  beforeAll(async () => {
    const library = inFolder("library");
    await succeed(library, "npx", "anneal", "new", "my-edge");
    path = join(library, "my-edge");
    const { dependencies } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    expect(dependencies.anneal, "the tarball that it was made from, which lies in it").toBe(`file:${basename(tarball)}`);
    expect(readFileSync(join(path, basename(tarball))).equals(readFileSync(tarball))).toBe(true);
    await succeed(path, "npm", "install");
  });

  it("writes a project whose types check and whose tests pass", async () => {
    await succeed(path, "npm", "test");
  });

  it("writes a Worker that wrangler would deploy", async () => {
    const { stdout } = await succeed(path, "npm", "run", "deploy", "--", "--dry-run");
    const [upload, kibibytes] = /Total Upload: .* gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
    console.log(upload);
    expect(Number(kibibytes)).toBeLessThanOrEqual(1300);
  });

  it("writes a project that takes a second model, which its tests find", async () => {
    await succeed(path, "npx", "anneal", "add", "node_modules/anneal/wasm-model/models/fashion-mnist/model.onnx");
    await succeed(path, "npm", "test");
  });
});

it("training: goes from images to a model, measured, on the oldest Node", async () => {
  const peers = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm", "sharp"].map(pinned);
  const path = await project("training", ...peers);
  writeTinyDataset(join(path, "data"), 300);
  const anneal = (line: string) => nodeOf(OLDEST, path, join("node_modules/anneal", manifest.bin.anneal), ...line.split(" "));
  await anneal("train --data data --size 8 --name tiny --network s32 --batch 16 --images 320 --backend wasm");
  await anneal("export models/tiny --steps 4 --out models/four --backend wasm");
  await anneal("evaluate models/four/model.onnx --data data --out evaluated --backend wasm");
  expect(existsSync(join(path, "evaluated/neighbours.png"))).toBe(true);
  await anneal("sample models/tiny/model.onnx --seed alice --out tiny.png");
  expect(readFileSync(join(path, "tiny.png")).subarray(1, 4).toString()).toBe("PNG");
});

it("on the oldest Node, setup-native sees the packages that it has just installed", async () => {
  const path = inFolder("looked-for");
  writeFolder(path, {
    "packages.mjs": await bundled(join(ROOT, "training/cli/verbs.ts")),
    "look.mjs": `import { mkdirSync, writeFileSync } from "node:fs"; import { isInstalled } from "./packages.mjs";
      const before = isInstalled("sharp"); mkdirSync("node_modules/sharp", { recursive: true });
      writeFileSync("node_modules/sharp/package.json", '{ "main": "lib.js" }'); writeFileSync("node_modules/sharp/lib.js", "");
      console.log(before, isInstalled("sharp"));`,
  });
  expect((await nodeOf(OLDEST, path, "look.mjs")).stdout).toBe("false true\n");
});

describe("with the oldest of other packages that it promises to take (all else here has the newest)", () => {
  let path: string;

  beforeAll(async () => {
    const ranges: Record<string, string> = { ...RANGES, ...manifest.peerDependencies, "react-dom": manifest.peerDependencies.react };
    const oldest = (name: string): string => `${name}@${/\d+(\.\d+)+/.exec(ranges[name])?.[0]}`;
    path = await project("oldest", ...["hono", "onnxruntime-web", "react", "react-dom", "sharp"].map(oldest));
  });

  it("serves, and draws by onnxruntime-web", async () => {
    writeFileSync(join(path, "oldest.mjs"), OLDEST_PEERS);
    await succeed(path, process.execPath, "oldest.mjs");
    const drawn = (name: string) => readFileSync(join(path, name)).equals(expected);
    expect(drawn("served.png")).toBe(true);
  });

  it("<Picture> draws in a page that React 18 rendered on a server", async () => {
    const page = inFolder("oldest-page");
    mkdirSync(page);
    writeFileSync(join(path, "page.mjs"), REACT_PAGE);
    const { stdout } = await succeed(
      path,
      process.execPath,
      "--input-type=module",
      "--eval",
      'import { renderToString } from "react-dom/server"; import { page } from "./page.mjs"; console.log(renderToString(page));',
    );
    expect(stdout).toContain('size="16" model="./model.onnx" class="avatar">');
    const client = 'import { hydrateRoot } from "react-dom/client"; import { page } from "./page.mjs"; hydrateRoot(document.body, page);';
    await build({
      stdin: { contents: client, resolveDir: path },
      ...{ bundle: true, format: "esm", splitting: true, outdir: page, define: { "process.env.NODE_ENV": '"development"' } },
    });
    copyFileSync(join(MODEL, "model.onnx"), join(page, "model.onnx"));
    writeFileSync(
      join(page, "index.html"),
      `<!doctype html><link rel="icon" href="data:,"><body>${stdout.trim()}</body><script type="module" src="stdin.js"></script>`,
    );
    await visitFiles(page, async (visited) => {
      const complaints: string[] = [];
      visited.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await visited.locator("output", { hasText: "alice" }).waitFor();
      expect((await drawnByWidget(visited.locator("anneal-sample.avatar"))).equals(expected)).toBe(true);
      expect(complaints).toEqual([]);
    });
  });
});

it("<Picture> shows its children in the DOMs of tests, as its page says", async () => {
  const others = ["happy-dom", "jest", "jest-environment-jsdom", "jsdom", "@testing-library/dom", "@testing-library/react"];
  const path = await project("tests", ...["react", "react-dom", "vitest"].map(pinned), ...others);
  const page = readFileSync(join(ROOT, "worker/element/README.md"), "utf8");
  const [example] = page.split("## In tests\n")[1].split("```jsx\n")[1].split("```");
  writeFileSync(join(path, "avatar.test.jsx"), example);
  for (const dom of ["jsdom", "happy-dom"]) {
    const { stdout, stderr } = await succeed(path, "npx", "vitest", "run", "--environment", dom);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/Tests.*1 passed/), ""]);
  }
  const { code } = await transform(example.replace('"vitest"', '"@jest/globals"'), { loader: "jsx", jsx: "automatic" });
  writeFileSync(join(path, "avatar.test.js"), code);
  writeFileSync(join(path, "jest.config.js"), "export default { transform: {} };");
  await succeed(path, "env", "NODE_OPTIONS=--experimental-vm-modules", "npx", "jest", "--env", "jsdom", "avatar.test.js$");
});

describe("types", () => {
  it("are checked in every example", () => {
    expect(`${readme}\n${api}\n${deployment}`.split("\n```ts\n")).toHaveLength(Object.keys(EXAMPLES).length + 1);
  });

  it("are right in strict projects that also check libraries, with TypeScript 7 for each host, and 5", async () => {
    const path = join(await app(), "types");
    mkdirSync(path);
    const all = { ...EXAMPLES, page: `import "anneal/element";\n${EXAMPLES.page}`, passing: IN_PASSING };
    const { node, page, worker, ...servers } = all;
    const hosts = [
      { name: "node", programs: { node }, host: { types: ["node"], lib: ["es2023"] } },
      { name: "page", programs: { page }, host: { types: [], lib: ["es2023", "dom"] } },
      { name: "worker", programs: { worker }, host: { types: ["@cloudflare/workers-types"], lib: ["es2023"] } },
      { name: "servers", programs: servers, host: { types: ["node"], lib: ["es2023", "dom"] } }, // onnxruntime-web's own types name the page's
      { name: "all", programs: all, host: { types: ["node"], lib: ["es2023", "dom"] } },
    ];
    for (const { name, programs, host } of hosts) {
      for (const [file, program] of Object.entries(programs)) writeFileSync(join(path, `${file}.ts`), program);
      const compilerOptions = {
        ...{ ...host, strict: true, skipLibCheck: false, exactOptionalPropertyTypes: true, noEmit: true, target: "es2023" },
        ...{ module: "preserve", moduleResolution: "bundler", allowImportingTsExtensions: true },
      };
      const files = Object.keys(programs).map((file) => `${file}.ts`);
      writeFileSync(join(path, `tsconfig.${name}.json`), JSON.stringify({ compilerOptions, files }));
      const version = name === "all" ? "typescript-5" : "typescript-7"; // 5 takes four times as long, most of it for the libraries
      await succeed(path, process.execPath, `../node_modules/${version}/bin/tsc`, "-p", `tsconfig.${name}.json`);
    }
  });
});
