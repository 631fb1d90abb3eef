/** What `wrangler deploy` would upload. */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** Writes the minified modules into the folder; `flags` are more of wrangler's. Throws an Error with what wrangler said. */
export function writeWranglerBundle(folder: string, ...flags: string[]): void {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = ["deploy", "--dry-run", "--minify", "--env", "", "--outdir", folder, ...flags];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
  const { status, stderr } = spawnSync(process.execPath, [wrangler, ...args], { cwd: ROOT, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`Expected wrangler to bundle the Worker but it ended with ${status}: ${stderr}`);
}
