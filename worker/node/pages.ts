/**
 * Builds the pages of worker/pages with Vite: static HTML in a common frame, scripts and styles whose names have a hash
 * of their content. All addresses are relative, so the same files work at the root of a server, under a path, and on a
 * host that has nothing but files.
 */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import type { BundledPackages } from "../../wasm-model/build/licences.ts";
import { escapeHtml } from "../../wasm-model/schema/text.ts";
import { LESSONS, MINUTES } from "../langevin/lessons.ts";

export const PAGES = fileURLToPath(new URL("../pages", import.meta.url));

/** Each `index.html`, relative to the folder of pages. */
async function pageFiles(): Promise<string[]> {
  const files = await readdir(PAGES, { recursive: true });
  return files.filter((file) => /(^|\/)index\.html$/.test(file)).sort();
}

/** Contents by path. */
export async function buildPages(packages: BundledPackages): Promise<[string, Uint8Array][]> {
  const result = await build({
    root: PAGES,
    configFile: false,
    logLevel: "warn",
    base: "./",
    publicDir: false,
    build: {
      write: false,
      target: "es2023",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: (await pageFiles()).map((file) => `${PAGES}/${file}`),
        checks: { bundlerTimings: false }, // a slow machine is no fault
        output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 5 }] } }, // most pages' scripts in one file: a request costs more than a few bytes
      },
    },
    plugins: [frame()],
    worker: { format: "es", plugins: () => [licencePlugin(packages)], rolldownOptions: { output: { codeSplitting: false } } }, // a thread is one file
  });
  if (!("output" in result)) throw new Error("Expected one bundle of pages");
  return result.output.map((file) => {
    if (file.type === "asset") return [file.fileName, bytesOf(file.source)];
    for (const path of file.moduleIds) packages.add(path);
    return [file.fileName, bytesOf(file.code)];
  });
}

/** Records the packages that are in the scripts of Web Workers, which are bundles of their own. */
const licencePlugin = (packages: BundledPackages): Plugin => ({
  name: "licences",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === "chunk") for (const path of file.moduleIds) packages.add(path);
  },
});

const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === "string" ? new TextEncoder().encode(content) : content);

/**
 * Puts a page into the common frame (shared/frame.html). What stands before the page's `<main>` goes to the head. `{title}`
 * is its title, `{name}` that of its style sheet and script, `{root}` the way to the site's folder, `{url}` its address where the build knows it,
 * `{course}` the lessons.
 */
const frame = (): Plugin => ({
  name: "frame",
  transformIndexHtml: {
    order: "pre",
    handler(html, { path }) {
      const root = "../".repeat(path.split("/").length - 2) || "./";
      const start = html.indexOf("<main");
      const [menu] = path.split("/").slice(1);
      const current = menu === "index.html" ? "" : `${menu}/`;
      return readFileSync(`${PAGES}/shared/frame.html`, "utf8")
        .replace("{title}", () => /<title>(.*)<\/title>/.exec(html)![1])
        .replaceAll("{name}", path.split("/").at(-2) || "home/home")
        .replace("{head}", () => html.slice(0, start))
        .replace("{main}", () => html.slice(start))
        .replaceAll("{url}", process.env.SITE_URL?.replace(/\/?$/, "/") ?? "{root}")
        .replace("{course}", courseHtml)
        .replace(`<a href="{root}${current}">`, `<a href="{root}${current}" aria-current="page">`)
        .replaceAll("{root}", root);
    },
  },
});

/** The lessons with their tasks and answers, on the screen and on paper: a worksheet, or a key. */
function courseHtml(): string {
  const minutes = LESSONS.reduce((sum, { tasks }) => sum + MINUTES * tasks.length, 0);
  const lessons = LESSONS.map(({ slug, title, aim, before, core, tasks }) => {
    const items = tasks.map(
      (
        { predict, run, answer },
        i,
      ) => `<li><p>${core.includes(i + 1) ? "<strong>Core.</strong> " : ""}${escapeHtml(predict)}</p><p class="note">${escapeHtml(run)}</p>
<a class="scripted" href="../#lesson=${slug}&amp;task=${i + 1}">Open this task</a>
<details><summary>Answer</summary><p>${escapeHtml(answer)}</p></details></li>`,
    );
    return `<section class="lesson"><h2>${title} (${MINUTES * tasks.length} minutes)</h2>
<p>${escapeHtml(aim)}</p><p class="note">Before: ${escapeHtml(before)}</p><ol>${items.join("\n")}</ol></section>`;
  });
  return `<p>${LESSONS.length} lessons, ${minutes} minutes in all, ${MINUTES} for each task: one to write down a prediction, one to run it, one to compare.</p>
<div class="buttons scripted"><button type="button" value="worksheet">Print the worksheet</button> <button type="button" value="key">Print the key, for teachers</button></div>
${lessons.join("\n")}`;
}
