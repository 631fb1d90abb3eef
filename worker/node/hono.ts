/** `anneal/hono` in Node. The site's files come from the package. */
import type { ReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
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
    const file = await open(join(DIST, "site", path)).catch(() => undefined);
    return file && closeOnReturn(file.createReadStream());
  },
};

/** The stream, whose iterator closes its file when it is returned, even before its first piece was asked for. */
function closeOnReturn(stream: ReadStream): AsyncIterable<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  const end = async (): Promise<IteratorResult<Uint8Array>> => {
    stream.destroy();
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next: () => pieces.next(), return: end }) };
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
