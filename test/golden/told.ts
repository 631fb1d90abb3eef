/** The scripts that draw the kept images elsewhere, bundled, and what they tell. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { startWebPage } from "../support/web-page.ts";
import { type Golden, shippedModel } from "./golden.ts";

/** What a script tells of the machine that ran it. */
export interface Told {
  readonly version: string;
  readonly builds?: Readonly<Record<string, Golden["images"]>>;
  readonly error?: string;
}

/** A new folder with `command.mjs` and `page.mjs`; whoever asked for it removes it. */
export async function bundledScripts(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "anneal-"));
  const entryPoints = ["command.ts", "page.ts"].map((name) => join(import.meta.dirname, name));
  const define = { MODEL: JSON.stringify(Buffer.from(shippedModel()).toString("base64")) };
  await build({ entryPoints, outdir: folder, outExtension: { ".js": ".mjs" }, bundle: true, format: "esm", target: "es2023", define });
  return folder;
}

/** What a browser's page tells. `open` shows it an address and gives the function that closes the browser. */
export async function toldBy(folder: string, open: (url: string) => (() => Promise<void>) | Promise<() => Promise<void>>): Promise<Told> {
  const page = await startWebPage({ "/page.mjs": ["text/javascript", readFileSync(join(folder, "page.mjs"))] });
  page.set(`<script type="module" src="/page.mjs"></script>`);
  const report = page.report();
  const close = await open(page.url);
  try {
    return (await report) as Told;
  } finally {
    await close();
    await page.stop();
  }
}
