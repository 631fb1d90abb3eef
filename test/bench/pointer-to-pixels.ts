/** /draw: what the processor does from a pointer's event to the pixels of the image that follows it. */
import { readdir, readFile } from "node:fs/promises";
import type { Browser } from "puppeteer-core";

/** Events whose time counts, after those that warm up. */
const [EVENTS, FIRST] = [60, 10];

export interface Following {
  /** Milliseconds of the processor, all threads of the page's process together. */
  readonly median: number;
  readonly p95: number;
}

/** With the page's own settings. Linux only, since it reads /proc. Throws if the page does not follow the pointer. */
export async function pointerToPixels(browser: Browser, url: string): Promise<Following> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setBypassCSP(true); // `waitForFunction` evaluates text
  await page.evaluateOnNewDocument(() => {
    const { putImageData } = CanvasRenderingContext2D.prototype;
    Object.assign(window, { paints: 0 });
    CanvasRenderingContext2D.prototype.putImageData = function (this: CanvasRenderingContext2D, ...values: unknown[]) {
      putImageData.apply(this, values as Parameters<typeof putImageData>);
      if (this.canvas.id === "image") Object.assign(window, { paints: (window as unknown as { paints: number }).paints + 1 });
    } as typeof putImageData;
  });
  await page.goto(url);
  await page.waitForFunction('document.querySelector("#device-state").textContent.startsWith("The model is on")');
  await page.waitForFunction('document.querySelectorAll("#variants canvas").length === 4');
  const pid = await rendererOf(browser);
  const box = await (await page.$("#canvas"))?.boundingBox();
  if (!box) throw new Error("Expected a canvas to draw on");
  const at = (i: number) =>
    [box.x + box.width * (0.5 + 0.4 * Math.cos(i / 9)), box.y + box.height * (0.5 + 0.4 * Math.sin(i / 9))] as const;
  await page.mouse.move(...at(0));
  await page.mouse.down();
  const times: number[] = [];
  for (let i = 1; i <= FIRST + EVENTS; i++) {
    const paints = await page.evaluate("paints");
    const before = await processorTime(pid);
    await page.mouse.move(...at(i));
    await page.waitForFunction(`paints > ${paints}`, { timeout: 5000 });
    if (i > FIRST) times.push((await processorTime(pid)) - before);
  }
  await context.close();
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], p95: times[Math.floor(0.95 * times.length)] };
}

/** The process of the only page. */
async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer").sort((a, b) => b.cpuTime - a.cpuTime);
  return renderers[0].id;
}

/** Milliseconds that the threads of a process have run. */
async function processorTime(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8").catch(() => "0")));
  return times.reduce((sum, text) => sum + Number(text.split(" ")[0]) / 1e6, 0);
}
