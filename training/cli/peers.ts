/** The package's optional peers, which only some verbs, flags and kinds of data need. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

export type Peer = "@tensorflow/tfjs" | "@tensorflow/tfjs-backend-wasm" | "onnxruntime-web" | "sharp" | "wrangler";

/** Throws a UserError that says how to install the packages in `needs` that are missing. `user`, in words, needs them. */
export function expectInstalled(user: string, needs: readonly Peer[]): void {
  const missing = needs.filter((peer) => !isInstalled(peer));
  if (missing.length === 0) return;
  const all = missing.includes("@tensorflow/tfjs") ? " (or all that training needs: npx anneal setup-native)" : "";
  throw new UserError(`${user} needs ${missing.join(", ")}: npm install --save-dev ${missing.map(withVersion).join(" ")}${all}`);
}

/** A package with its range of versions, for npm. */
export function withVersion(peer: Peer): string {
  const { peerDependencies } = createRequire(import.meta.url)("anneal/package.json") as { readonly peerDependencies: Record<Peer, string> };
  return `${peer}@${peerDependencies[peer]}`;
}

/** Whether the package is there now. Node 20 itself remembers that it was missing. */
export const isInstalled = (peer: Peer): boolean =>
  createRequire(import.meta.url)
    .resolve.paths(peer)
    ?.some((folder) => existsSync(join(folder, peer, "package.json"))) === true;
