/**
 * The package as it is installed: its optional peers, which only some verbs, flags and kinds of data need, and the
 * commit of its sources.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

export type Peer = "@tensorflow/tfjs" | "@tensorflow/tfjs-backend-wasm" | "echarts" | "onnxruntime-web" | "sharp" | "wrangler";

/**
 * Throws a UserError if packages in `needs` are not installed. It says how to install them. `user` needs them, in
 * words.
 */
export function expectInstalled(user: string, needs: readonly Peer[]): void {
  const missing = needs.filter((peer) => !isInstalled(peer));
  if (missing.length === 0) return;
  const { peerDependencies } = createRequire(import.meta.url)("anneal/package.json") as { readonly peerDependencies: Record<Peer, string> };
  const install = missing.map((peer) => `${peer}@${peerDependencies[peer]}`).join(" ");
  throw new UserError(`Expected ${missing.join(", ")}, which ${user} needs, but received nothing: npm install ${install}`);
}

function isInstalled(peer: Peer): boolean {
  try {
    createRequire(import.meta.url).resolve(peer);
    return true;
  } catch {
    return false;
  }
}

/**
 * The commit, followed by + if files have changed since. Undefined if the sources are not a checkout, as in an
 * installed package.
 */
export function commitHere(): string | undefined {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const root = git("rev-parse", "--show-toplevel");
    const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name?: string };
    if (name !== "anneal") return undefined; // the package is inside another project's checkout
    return git("rev-parse", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+");
  } catch {
    return undefined;
  }
}
