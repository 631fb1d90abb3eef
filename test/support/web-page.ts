/**
 * Pages of somebody else's: a web server of its own origin with one HTML page, the files that it loads, an ear for what it
 * reports, and what the widget in it drew; and one for the files of a folder.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type OutgoingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Locator } from "playwright";

export interface WebPage {
  /** Its address. Another host than the Worker's `localhost`, so another site too. */
  readonly url: string;
  /** From now on the page is this. */
  set(body: string, headers?: OutgoingHttpHeaders): void;
  /** The JSON that the page posts next, to any address. */
  report(): Promise<unknown>;
  stop(): Promise<void>;
}

/** The address of a server that listens from now on. */
async function listening(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

/** `files`: what is at other paths than `/`, by path, with its type. */
export async function startWebPage(
  files: Readonly<Record<string, readonly [type: string, content: string | Uint8Array]>> = {},
): Promise<WebPage> {
  let answer = { html: "", headers: {} as OutgoingHttpHeaders };
  const server = createServer(async (request, response) => {
    const { url = "/", method } = request;
    const [type, content] = files[url] ?? ["text/html; charset=utf-8", answer.html];
    if (method === "POST") server.emit("report", JSON.parse(await text(request)));
    response.writeHead(200, { "Content-Type": type, ...(url in files ? {} : answer.headers) }).end(content);
  });
  return {
    url: await listening(server),
    set(body, headers = {}) {
      answer = { html: `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">${body}</html>`, headers };
    },
    report: async () => (await once(server, "report"))[0],
    stop: () => stopped(server),
  };
}

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** A web server for the files of a folder, below a path. `onMissing` hears of paths that were asked for and are no file. */
export async function serveFiles(root: string, below = "/", onMissing?: (path: string) => void) {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://host");
    const path = pathname.replace(/\/$/, "/index.html");
    const file = path.startsWith(below) ? await readFile(join(root, path.slice(below.length))).catch(() => undefined) : undefined;
    if (!file) onMissing?.(pathname);
    response.writeHead(file ? 200 : 404, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" }).end(file);
  });
  return { url: `${await listening(server)}${below.slice(1)}`, stop: () => stopped(server) };
}

/** The PNG file of a widget in Playwright's page, once it is drawn. */
export async function drawnByWidget(widget: Locator): Promise<Buffer> {
  const bytes = await widget.evaluate(async (element) => {
    await customElements.whenDefined("anneal-sample");
    const blob = await (element as HTMLElement & { toBlob(): Promise<Blob> }).toBlob();
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  return Buffer.from(bytes);
}
