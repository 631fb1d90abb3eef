/** Where `npm run verify` draws: Nodes, browsers and emulated ARM64 processors. In workerd: test/worker/golden.test.ts. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { modelFolder, readGolden, shippedModel } from "../golden/golden.ts";
import type { Hashes } from "../golden/hashes.ts";
import { prepareArm64, prepareChromium, prepareFirefox, prepareWebKit } from "../setup/machine.ts";
import { ARM64_PROCESSORS, arm64Node } from "../support/arm64.ts";
import { openChromium, openFirefox } from "../support/browsers.ts";
import { bundled } from "../support/bundled.ts";
import { finished, succeeded } from "../support/command-line.ts";
import { newFolder, removeFolder } from "../support/scratch.ts";
import { startWebPage } from "../support/web-page.ts";
import { openWebKit } from "../support/webkit.ts";
import type { Task } from "./task.ts";

interface Place {
  readonly name: string;
  /** Node 20 has no relaxed SIMD. */
  readonly builds: readonly Task["build"][];
  /** Installs what the machine lacks for it. */
  readonly prepare?: () => void | Promise<void>;
  /** The hashes of these models by each build. Throws an Error with what went wrong. */
  draw(models: readonly string[], builds: Place["builds"]): Promise<Hashes[]>;
}

/** The script of a place, with its tasks: each model by each build. */
const scriptFor = (name: string, files: readonly string[], builds: Place["builds"]): Promise<string> =>
  bundled(join(import.meta.dirname, name), { TASKS: JSON.stringify(builds.flatMap((build) => files.map((file) => ({ file, build })))) });

const BOTH = ["plain", "relaxed"] as const;

/** `commandOf`: the words that start this Node. */
const node = (name: string, commandOf: () => readonly string[] | Promise<readonly string[]>, more: Partial<Place> = {}): Place => ({
  name,
  builds: BOTH,
  ...more,
  async draw(models, builds) {
    const files = models.map((model) => join(modelFolder(model), MODEL_FILE));
    const folder = newFolder("verify");
    const script = join(folder, "node.mjs");
    writeFileSync(script, await scriptFor("node.ts", files, builds));
    const [command = "", ...args] = await commandOf();
    const { stdout } = await succeeded(finished(spawn(command, [...args, script])));
    removeFolder(folder);
    return JSON.parse(stdout);
  },
});

const npmNode = (version: string, more?: Partial<Place>): Place =>
  node(`Node ${version}`, () => ["npm", "exec", "--yes", `--package=node@${version}`, "--", "node"], more);

/** One for each kind of processor. They differ in relaxed SIMD alone, and a draw takes a minute: plain SIMD is drawn once. */
const ARM64: readonly Place[] = ARM64_PROCESSORS.map((processor, i) =>
  node(`Node on ARM64 (${processor})`, () => arm64Node(processor), { prepare: prepareArm64, builds: i === 0 ? BOTH : ["relaxed"] }),
);

/** `open` opens an address in the browser and gives the function that closes it. */
const browser = (
  name: string,
  prepare: () => void | Promise<void>,
  open: (url: string) => (() => Promise<void>) | Promise<() => Promise<void>>,
): Place => ({
  name,
  builds: BOTH,
  prepare,
  async draw(models, builds) {
    const files = Object.fromEntries(models.map((model) => [`/${model}.onnx`, ["application/octet-stream", shippedModel(model)] as const]));
    const site = await startWebPage({
      ...files,
      "/page.js": ["text/javascript", await scriptFor("page.ts", Object.keys(files), builds)],
    });
    site.set('<script type="module" src="/page.js"></script>');
    const told = site.report();
    const close = await open(site.url);
    const { hashes, error } = (await told) as { hashes: Hashes[]; error?: string };
    await Promise.all([close(), site.stop()]);
    if (error !== undefined) throw new Error(error);
    return hashes;
  },
});

export const PLACES: readonly Place[] = [
  npmNode("20", { builds: ["plain"] }),
  npmNode("22"),
  npmNode("24"),
  browser("Chromium", prepareChromium, openChromium),
  browser("Firefox", prepareFirefox, openFirefox),
  browser("WebKit", prepareWebKit, openWebKit),
  ...ARM64,
];

/** Expects that the place draws the released bytes of these models by each of its builds. */
export async function expectReleased({ draw, builds }: Place, models: readonly string[]): Promise<void> {
  expect(await draw(models, builds)).toEqual(builds.flatMap(() => models.map((model) => readGolden(model).images)));
}
