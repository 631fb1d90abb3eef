/** The site's files in Node: those of the package, with copies in gzip. */
import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Site, SiteFiles } from "../http/static-files.ts";

/** Equally far from this file and from dist/hono. It is a path, since bundlers take `new URL(..., import.meta.url)` for one of their modules. */
const DIST = join(dirname(fileURLToPath(import.meta.url)), "../../dist");

let files: SiteFiles | undefined;

export const site: Site = {
  hasCopies: true,
  async files() {
    files ??= JSON.parse(await readFile(join(DIST, "files.json"), "utf8")) as SiteFiles;
    return files;
  },
  async read(path, isCopy) {
    const file = await open(join(DIST, isCopy ? `copies${path}.gz` : `site${path}`)).catch(() => undefined);
    return file?.createReadStream();
  },
};
