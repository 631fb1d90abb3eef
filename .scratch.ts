import { chromium } from "playwright";
import { startWebPage } from "./test/support/web-page.ts";
const site = await startWebPage();
const O = "http://localhost:18791";
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu"] });
for (const headers of [
 {"Cross-Origin-Embedder-Policy":"require-corp","Cross-Origin-Opener-Policy":"same-origin"},
 {"Content-Security-Policy": `default-src 'none'; script-src ${O} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${O}`},
 {}
]) {
const p = await b.newPage();
p.on("console", m => console.log("console", m.text()));
p.on("requestfailed", r => console.log("failed", r.url(), r.failure()));
p.on("pageerror", e => console.log("pageerror", e));
await p.addInitScript(() => { globalThis.o = []; for (const t of ["load","error"]) document.addEventListener(t, e => { if (e.target.localName === "anneal-sample") globalThis.o.push([t, e.detail.renderedBy, String(e.detail.reason ?? e.detail.error), String(e.detail.error?.cause)]) }, true) });
site.set(`<script type="module" src="${O}/embed.js"></script><anneal-sample seed="7" steps="1"></anneal-sample>`, headers);
const t = performance.now();
await p.goto(site.url, { waitUntil: "commit" });
await p.waitForFunction(() => globalThis.o.length);
console.log(headers, await p.evaluate(() => globalThis.o), performance.now() - t);
await p.close();
}
await b.close(); await site.stop();
