/** `anneal/hono` in Node. The site's files come from the package. */
import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { simd } from "../../wasm-model/engine/simd.ts";
import type { Site, SiteFiles } from "../service/context.ts";
import { annealOn } from "../service/service.ts";
import { limitReading, pauseBetweenRefusals, waitToBegin } from "./connections.ts";

export { ready } from "../service/service.ts";
export { settingsFrom } from "../service/settings.ts";

/** Equally far from this file and from dist/hono. It is a path, since bundlers take `new URL(..., import.meta.url)` for one of their modules. */
const DIST = join(dirname(fileURLToPath(import.meta.url)), "../../dist");

let files: SiteFiles | undefined;

const site: Site = {
  async files() {
    files ??= JSON.parse(await readFile(join(DIST, "files.json"), "utf8")) as SiteFiles;
    return files;
  },
  async read(path) {
    const file = join(DIST, "site", path);
    return existsSync(file) ? readPieces(file) : undefined;
  },
};

/** Opens the file when its first piece is asked for, and closes it when no more are. */
async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

export const anneal = annealOn({
  runtime: simd,
  site: () => site,
  async around(c, answer) {
    await waitToBegin(c);
    const ready = await answer();
    await pauseBetweenRefusals(c, ready);
    limitReading(c);
    return ready;
  },
});
