import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { unstable_startWorker as startWorker } from "wrangler";

let worker;
before(async () => {
  worker = await startWorker({ config: "wrangler.toml", dev: { server: { port: 0 }, inspector: false, watch: false } });
});
after(() => worker.dispose());

const ask = (path) => worker.fetch(`http://localhost${path}`);

test("draws the same image for the same seed", async () => {
  const path = `/sample?seed=${Date.now()}`; // the cache on disk has the images of earlier tests
  const draw = async () => {
    const answer = await ask(path);
    return { type: answer.headers.get("Content-Type"), bytes: await answer.bytes() };
  };
  const one = await draw();
  assert.equal(one.type, "image/png");
  assert.deepEqual(await draw(), one);
});

test("lists the models of the folder", async () => {
  const { models } = await (await ask("/v1/models")).json();
  assert.equal(models.length, readdirSync("models").filter((path) => path.endsWith(".onnx")).length);
});

test("has a page and its script", async () => {
  assert.match(await (await ask("/")).text(), /^<!doctype html>/i);
  assert.equal((await ask("/embed.js")).status, 200);
});
