/** A page of somebody else's: a web server of its own origin with one HTML page. */
import { once } from "node:events";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface WebPage {
  /** Its address. Another host than the Worker's `localhost`, so another site too. */
  readonly url: string;
  /** From now on the page is this. */
  set(body: string, headers?: OutgoingHttpHeaders): void;
  stop(): Promise<void>;
}

export async function startWebPage(): Promise<WebPage> {
  let answer = { html: "", headers: {} as OutgoingHttpHeaders };
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...answer.headers }).end(answer.html);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    set(body, headers = {}) {
      answer = { html: `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">${body}</html>`, headers };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
