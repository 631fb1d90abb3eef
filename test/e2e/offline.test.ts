/** The site without a network: a gateway in front of the service goes down, comes back, and serves another build. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { Hono } from "hono";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anneal } from "../../worker/node/hono.ts";
import { launchChromium } from "../support/chromium.ts";
import { asked, drawn, soon, text } from "../support/site.ts";

const model = (name: string) => new Uint8Array(readFileSync(resolve(import.meta.dirname, `../../wasm-model/models/${name}/model.onnx`)));

interface Gateway {
  readonly origin: string;
  isDown: boolean;
  /** Changes an answer on its way. */
  alter: (path: string, answer: Response) => Response | Promise<Response>;
  stop(): void;
}

async function startGateway(service: (request: Request) => Response | Promise<Response>): Promise<Gateway> {
  const server = createServer(async (request, response) => {
    if (gateway.isDown) return request.socket.destroy();
    const path = request.url ?? "/";
    const answer = await gateway.alter(path, await service(new Request(gateway.origin + path, { method: request.method ?? "GET" })));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const gateway: Gateway = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    isDown: false,
    alter: (_, answer) => answer,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return gateway;
}

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const PAGES = ["", "draw", "studio", "morph", "repaint", "langevin?scene=curve", "how", "guide/img", "reference"];

/** Opens the page, waits until its model is on the device and the pages are kept, and then does `act`. */
async function visit(
  service: (request: Request) => Response | Promise<Response>,
  path: string,
  act: (page: Page, gateway: Gateway) => Promise<void>,
): Promise<void> {
  const gateway = await startGateway(service);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    await page.goto(gateway.origin + path);
    await page.getByText("The model is on this device.").waitFor();
    await drawn(page);
    await kept(page);
    await act(page, gateway);
    expect(faults).toEqual([]);
  } finally {
    await context.close();
    gateway.stop();
  }
}

/** Waits for the service worker, and returns the paths that it keeps, and the names of its caches. */
async function kept(page: Page): Promise<{ readonly paths: string[]; readonly names: string[] }> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== "activated") await new Promise((resolve) => active?.addEventListener("statechange", resolve));
  });
  return page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("anneal-site"));
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return { names, paths: requests.flat().map(({ url }) => url.slice(location.origin.length)) };
  });
}

const heading = (page: Page): Promise<string> => text(page.locator("h1").first());

describe("at the root", () => {
  const service = anneal({ models: [model("mnist")] });
  const fetchService = (request: Request) => service.fetch(request);

  it("every page opens without a network, and the pages that draw still draw", () =>
    visit(fetchService, "/draw", async (page, gateway) => {
      const titles = new Map<string, string>();
      for (const path of PAGES)
        titles.set(path, /<h1[^>]*>(.*?)</s.exec(await (await fetch(`${gateway.origin}/${path}`)).text())?.[1] ?? "");
      gateway.isDown = true;
      for (const path of PAGES) {
        const response = await page.goto(`${gateway.origin}/${path}`);
        expect([path, response?.status(), response?.fromServiceWorker()]).toEqual([path, 200, true]);
        expect([path, await heading(page)]).toEqual([path, expect.stringContaining(titles.get(path) ?? "")]);
      }
      await page.goto(`${gateway.origin}/draw?class=7&seed=5#strokes=AAEUAwA-OsA2etw`);
      await soon(() => page.locator("#variants canvas").count()).toBe(4);
      expect(await text(page.locator("#status"))).toContain("Drawn by this device");
      expect(await page.getByRole("combobox", { name: "Class" }).inputValue()).toBe("7");
    }));

  it("a page shows what its address asks for, goes back, and shows no error", () =>
    visit(fetchService, "/studio?seed=7", async (page, gateway) => {
      gateway.isDown = true;
      await page.goto(`${gateway.origin}/studio?seed=alice&class=3&temperature=0.5`);
      await page.getByText("Drawn by this device").waitFor();
      const seed = page.getByRole("textbox", { name: "Seed" });
      const temperature = page.getByRole("slider", { name: "Temperature" });
      expect([await seed.inputValue(), await temperature.inputValue()]).toEqual(["alice", "0.5"]);
      expect(asked(page)).toEqual({ seed: "alice", class: "3", temperature: "0.5" });
      await seed.fill("bob");
      await seed.press("Enter");
      await page.waitForURL("**seed=bob**");
      await drawn(page);
      await page.getByText("Address and code come back with the network.").waitFor();
      await page.goBack();
      await soon(() => seed.inputValue()).toBe("alice");
      expect(await text(page.locator("#problem"))).toBe("");
      gateway.isDown = false;
      await seed.fill("carol");
      await seed.press("Enter");
      await page.getByLabel("Permanent address").getByText("/carol.png").waitFor();
    }));

  it("a new build is used at the next navigation, and the old build's files are gone", () =>
    visit(fetchService, "/draw", async (page, gateway) => {
      const before = await kept(page);
      gateway.alter = async (path, answer) => {
        const isOurs = path === "/studio" || path.startsWith("/service-worker.js");
        return isOurs
          ? new Response(
              (await answer.text()).replace("<h1>Studio</h1>", "<h1>Atelier</h1>").replace(/"[0-9a-f]{8}"/, '"01234567"'),
              answer,
            )
          : answer;
      };
      await page.goto(`${gateway.origin}/studio`);
      expect(await heading(page)).toContain("Atelier");
      await soon(async () => (await kept(page)).names).toEqual([before.names[0]?.replace(/\w{8}$/, "01234567")]);
      await soon(async () => (await kept(page)).paths.toSorted()).toEqual(before.paths.toSorted());
      gateway.isDown = true;
      await page.goto(`${gateway.origin}/studio`);
      expect(await heading(page)).toContain("Atelier");
    }));
});

describe("mounted", () => {
  it("keeps the pages under its path and leaves the application's pages alone", () => {
    const app = new Hono().get("/a/about", (c) => c.html("<h1>About</h1>")).route("/a/b", anneal({ models: [model("mnist")] }));
    return visit(
      (request) => app.fetch(request),
      "/a/b/draw",
      async (page, gateway) => {
        expect((await kept(page)).paths.every((path) => path.startsWith("/a/b/"))).toBe(true);
        await page.goto(`${gateway.origin}/a/about`);
        expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
        gateway.isDown = true;
        await page.goto(`${gateway.origin}/a/b/studio?seed=7`);
        await page.getByText("Drawn by this device").waitFor();
        await expect(page.goto(`${gateway.origin}/a/about`)).rejects.toThrow("net::ERR");
      },
    );
  });
});
