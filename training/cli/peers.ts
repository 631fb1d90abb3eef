/** The optional peers of package.json: packages that only some verbs, flags and kinds of data need, and which are asked for there. */
import { createRequire } from "node:module";
import { UserError } from "./user-error.ts";

export type Peer = "@tensorflow/tfjs" | "@tensorflow/tfjs-backend-wasm" | "echarts" | "onnxruntime-web" | "sharp" | "wrangler";

/** Of package.json. */
interface Manifest {
  readonly peerDependencies: Readonly<Record<Peer, string>>;
}

/** Throws a UserError that names those of `needs` which are not installed, and how to install them. `user`: what needs them. */
export function expectInstalled(user: string, needs: readonly Peer[]): void {
  const missing = needs.filter((peer) => !isInstalled(peer));
  if (missing.length === 0) return;
  const { peerDependencies } = createRequire(import.meta.url)("anneal/package.json") as Manifest;
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
