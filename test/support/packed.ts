/** The package as its users have it: packed, installed into folders of their own, with the examples of its documents. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect } from "vitest";
import { type Finished, finished } from "./command-line.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** A package in the version that this repository tests with. */
export const pinned = (name: string): string => `${name}@${devDependencies[name]}`;

export type Command = (cwd: string, command: string, ...args: string[]) => Promise<Finished>;

/** Runs commands in this environment. `succeed` is for those that must. */
export function commandsIn(env: NodeJS.ProcessEnv): { readonly run: Command; readonly succeed: Command } {
  const run: Command = (cwd, command, ...args) => finished(spawn(command, args, { cwd, env }));
  const succeed: Command = async (cwd, command, ...args) => {
    const outcome = await run(cwd, command, ...args);
    expect(outcome, [command, ...args].join(" ")).toEqual({ ...outcome, code: 0 });
    return outcome;
  };
  return { run, succeed };
}

/** Packs this repository into the folder; the path of the tarball. */
export async function packInto(folder: string, succeed: Command): Promise<string> {
  const { stdout } = await succeed(ROOT, "npm", "pack", "--json", "--pack-destination", folder);
  const [{ filename }] = JSON.parse(stdout.slice(stdout.lastIndexOf("\n[") + 1)) as { readonly filename: string }[];
  return join(folder, filename);
}

/** A new folder with these packages installed, and nothing else. */
export async function installInto(path: string, succeed: Command, ...packages: string[]): Promise<string> {
  mkdirSync(path);
  writeFileSync(join(path, "package.json"), JSON.stringify({ name: basename(path), private: true, type: "module" }));
  await succeed(path, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...packages);
  return path;
}

export const readme = readFileSync(join(ROOT, "README.md"), "utf8");
export const api = readFileSync(join(ROOT, "worker/API.md"), "utf8");
export const deployment = readFileSync(join(ROOT, "worker/DEPLOY.md"), "utf8");

/** The code that follows `introduction` in a page. */
const exampleOf = (page: string, introduction: string): string => page.split(`\n${introduction}`)[1].split("\n```ts\n")[1].split("```")[0];

/** What the example of metrics imports. */
export const PROMETHEUS = ["@hono/prometheus@1.0.3", "prom-client@15.1.3"];

/** By the names of their files. */
export const EXAMPLES = {
  node: exampleOf(readme, "In Node:"),
  page: exampleOf(api, "### In a page"),
  threads: exampleOf(api, "### Many images"),
  image: exampleOf(api, "### From an image"),
  worker: exampleOf(api, "### In a Worker"),
  app: exampleOf(deployment, "### The application"),
  server: exampleOf(deployment, "### Node"),
  metrics: exampleOf(deployment, "### Prometheus"),
};
