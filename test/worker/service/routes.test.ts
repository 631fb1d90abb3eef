/** Addresses of images: how they may be spelled, and which methods they take. */
import { expect, it, vi } from "vitest";
import { ask, versionOf } from "../worker.ts";
import { service } from "./service.ts";

it.each([
  "7.png",
  "7.png?class=Ankle+boot&steps=1&temperature=0.5",
  "7.png?steps=1&class=ankle%20BOOT&",
  "%37.png?background=%23FDE&steps=01",
])("an address with a version is immutable, however it is spelled: %s", async (file) => {
  const { status, headers } = await ask(`/v1/fashion-mnist@${await versionOf("fashion-mnist")}/${file}`);
  expect([status, headers.get("Cache-Control")]).toEqual([200, "public, max-age=31536000, immutable"]);
});

const askHere = service(); // a body would be sent to the other

it.each(["POST", "PUT", "PATCH", "DELETE"])("%s is refused at every path, without reading the body", async (method) => {
  for (const path of ["/sample?seed=7", "/v1/fashion-mnist/7.png", "/v1/fashion-mnist/denoise", "/v1/models", "/", "/embed.js", "/nope"]) {
    const pull = vi.fn();
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const { status, headers } = await askHere(path, { method, body });
    const told = ["Allow", "Access-Control-Allow-Origin", "Content-Type"].map((name) => headers.get(name));
    expect([path, status, ...told]).toEqual([path, 405, "GET, HEAD", "*", "application/problem+json"]);
    expect(pull).not.toHaveBeenCalled();
  }
});

it.each([
  ["anything", undefined],
  ["no PNG", "image/jpeg, image/png;q=0"],
  ["a hostile list", "a/b,".repeat(2000)],
])("answers the same to a client that accepts %s", async (_, Accept) => {
  for (const [path, ...expected] of [
    ["/sample?seed=7&steps=1", 200, "image/png"],
    ["/v1/fashion-mnist/7.apng?steps=1", 200, "image/apng"],
    ["/nope", 404, "application/problem+json"],
  ] as const) {
    const { status, headers } = await ask(path, { headers: Accept === undefined ? {} : { Accept } });
    expect([path, status, headers.get("Content-Type"), headers.get("Vary")]).toEqual([path, ...expected, null]);
  }
});
