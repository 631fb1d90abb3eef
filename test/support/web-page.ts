/**
 * A page of somebody else's: a web server of its own origin with one HTML page, the files that it loads, an ear for what it
 * reports, and what the widget in it drew.
 */
import { once } from "node:events";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
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
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    set(body, headers = {}) {
      answer = { html: `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">${body}</html>`, headers };
    },
    report: async () => (await once(server, "report"))[0],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Who drew the image of a widget in Playwright's page, and its PNG file, once it is there. */
export async function drawnByWidget(widget: Locator): Promise<{ readonly renderedBy: string | undefined; readonly png: Buffer }> {
  const [renderedBy, bytes] = await widget.evaluate(async (element) => {
    await customElements.whenDefined("anneal-sample");
    const sample = element as HTMLElement & { readonly renderedBy?: string; toBlob(): Promise<Blob> };
    const blob = await sample.toBlob();
    return [sample.renderedBy, [...new Uint8Array(await blob.arrayBuffer())]] as const;
  });
  return { renderedBy, png: Buffer.from(bytes) };
}
