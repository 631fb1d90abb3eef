/** Starts the drawing thread. */
import { cachedFile } from "./cache.ts";
import { TRUSTED_TYPES_POLICY } from "./page-policy.ts";
import type { ProgressDetail } from "./protocol.ts";

/** The thread's script as the build made it. */
export interface Script {
  readonly file: string;
  readonly bytes: number;
  /** Of its bytes, in base64. */
  readonly sha256: string;
}

/**
 * Browsers start workers only from the page's own origin, and a page must be able to start one without the server. So
 * the worker runs a cached copy of the script, from a blob. `folder`: the address that the script is served from.
 * Throws if the script cannot be fetched, has other content, or the page's policy forbids such workers; or the worker
 * gets an `error` event.
 */
export async function startThread(script: Script, folder: URL, onProgress: (progress: ProgressDetail) => void): Promise<Worker> {
  const { file, bytes, sha256 } = script;
  const isRight = async (content: Uint8Array<ArrayBuffer>) => (await digest(content)) === sha256;
  const content = await cachedFile({ url: new URL(file, folder).href, bytes, isRight: crypto.subtle ? isRight : () => true }, onProgress);
  const url = URL.createObjectURL(new Blob([content], { type: "text/javascript" }));
  return new Worker(trusted(url), { type: "module", name: folder.href });
}

async function digest(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", content))));
}

interface Policy {
  createScriptURL(url: string): string;
}

declare global {
  var trustedTypes: { createPolicy(name: string, rules: Policy): Policy } | undefined;
}

let policy: Policy | undefined;

export function trusted(url: string): string {
  policy ??= globalThis.trustedTypes?.createPolicy(TRUSTED_TYPES_POLICY, { createScriptURL: (own) => own });
  return policy?.createScriptURL(url) ?? url;
}
