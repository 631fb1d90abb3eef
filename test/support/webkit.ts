/**
 * WebKit as GTK has it, which is as near to the browser of iPhones as Debian comes: one window in a display of its own.
 * Playwright drives a WebKit of its own only, and puppeteer none, so this speaks WebDriver
 * (https://www.w3.org/TR/webdriver2/) itself. `prepareWebKit` in test/setup/machine.ts installs what it needs.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { newFolder, removeFolder } from "./scratch.ts";
import type { Window } from "./site-checks.ts";
import { freePort } from "./start-worker.ts";

const PATIENCE = 300_000;
/** A key of WebDriver's responses: the name of an element's reference. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export async function launchWebKit(): Promise<WebKit> {
  const home = newFolder("webkit");
  const display = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = await once(display.stdio[3] as NodeJS.ReadableStream, "data");
  const port = await freePort();
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: `:${String(number).trim()}` };
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env });
  const close = async () => {
    await Promise.all([driver, display].map(ended));
    removeFolder(home);
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    await until(() => fetch(`${url}/status`).then(Boolean, () => false), "WebKitWebDriver that answers");
    const capabilities = { alwaysMatch: { timeouts: { script: PATIENCE, pageLoad: PATIENCE } } };
    const { sessionId } = (await command("POST", `${url}/session`, { capabilities })) as { sessionId: string };
    return new WebKit(`${url}/session/${sessionId}`, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens `url` in a WebKit of its own, and gives the function that ends it. */
export async function openWebKit(url: string): Promise<() => Promise<void>> {
  const webkit = await launchWebKit();
  await webkit.goto(url);
  return () => webkit.close();
}

export class WebKit implements Window {
  readonly #session: string;
  readonly #ended: () => Promise<void>;

  constructor(session: string, ended: () => Promise<void>) {
    this.#session = session;
    this.#ended = ended;
  }

  async goto(url: string): Promise<void> {
    await this.#post("url", { url });
  }

  async goBack(): Promise<void> {
    await this.#post("back");
  }

  evaluate<Args extends readonly unknown[], T>(script: (...args: Args) => T, ...args: Args): Promise<Awaited<T>> {
    return this.#post("execute/sync", { script: `return (${script}).apply(null, arguments)`, args }) as Promise<Awaited<T>>;
  }

  waitFor<Args extends readonly unknown[]>(condition: (...args: Args) => unknown, ...args: Args): Promise<void> {
    return until(() => this.evaluate(condition, ...args), String(condition));
  }

  async click(selector: string): Promise<void> {
    await this.#post(`element/${await this.#find(selector)}/click`);
  }

  async type(selector: string, text: string): Promise<void> {
    await this.evaluate((selector: string) => {
      const element = document.querySelector<HTMLInputElement>(selector)!;
      element.focus();
      element.select?.();
    }, selector);
    const actions = [...text].flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    await this.#post("actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async close(): Promise<void> {
    await command("DELETE", this.#session).finally(this.#ended);
  }

  async #find(selector: string): Promise<string> {
    const element = await this.#post("element", { using: "css selector", value: selector });
    return (element as Record<string, string>)[ELEMENT];
  }

  #post(path: string, body: object = {}): Promise<unknown> {
    return command("POST", `${this.#session}/${path}`, body);
  }
}

/** Throws an Error with what WebDriver says of a command that failed. */
async function command(method: string, url: string, body?: object): Promise<unknown> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${JSON.stringify(value)}`);
  return value;
}

/** Throws an Error with `what` was waited for in vain. */
async function until(condition: () => Promise<unknown>, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; !(await condition()); await setTimeout(100)) {
    if (Date.now() > end) throw new Error(`Expected ${what} within ${PATIENCE / 1000} s`);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill();
  await exit;
}
