/** What `Accept` makes of an answer. */
import { describe, expect, it } from "vitest";
import { ask, versionOf } from "../worker.ts";

const typeOf = async (path: string, Accept?: string): Promise<string | null> => {
  const response = await ask(path, Accept === undefined ? {} : { headers: { Accept } });
  await response.arrayBuffer();
  return response.headers.get("Content-Type");
};

const SAMPLE = "/sample?seed=7&steps=1";

describe("/sample without a format", () => {
  it.each([
    ["image/png", undefined],
    ["image/png", ""],
    ["image/png", ";;,"],
    ["image/png", "*/*"],
    ["image/png", "image/*"],
    ["image/png", "IMAGE/PNG"],
    ["image/png", "image/svg+xml, image/png;q=0.1"],
    ["image/png", "application/json, text/plain, */*"],
    ["image/png", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"],
    ["image/png", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
    ["image/png", "image/png;q=0.5, text/event-stream;q=0.5"],
    ["image/svg+xml", "image/svg+xml"],
    ["image/svg+xml", "image/*, image/png;q=0"],
    ["image/svg+xml", "image/apng, application/json, image/svg+xml"],
    ["image/apng", "image/apng, image/svg+xml;q=0.9"],
    ["application/json", "application/json"],
    ["application/json", "image/svg+xml;q=0.1, application/*;q=0.2, text/html"],
    ["text/event-stream", "text/event-stream"],
    ["text/event-stream", "text/event-stream, */*;q=0.5"],
    ["text/event-stream", "text/event-stream, application/json;q=0.5"],
    ["application/json", "text/event-stream;q=0.5, application/json"],
  ])("is %s for %s", async (type, accept) => {
    expect(await typeOf(SAMPLE, accept)).toBe(type);
  });

  it.each(["text/html", "image/jpeg, image/png;q=0", "text/*", "*/*;q=0"])("is refused for %s", async (Accept) => {
    const response = await ask(SAMPLE, { headers: { Accept } });
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([406, "no-store"]);
    expect(await response.json()).toMatchObject({
      code: "not-acceptable",
      key: "Accept",
      expected: "one of image/png, image/svg+xml, image/apng, application/json, text/event-stream",
    });
  });

  it("takes `frames` if the client accepts only animations", async () => {
    expect(await typeOf(`${SAMPLE}&frames=2`, "image/apng")).toBe("image/apng");
  });

  it("says that it depends on the header, and gives the file of its permanent address", async () => {
    const response = await ask(SAMPLE, { headers: { Accept: "application/json" } });
    expect(response.headers.get("Vary")).toBe("Accept");
    const kept = await ask(response.headers.get("Content-Location") ?? "");
    expect(await kept.text()).toBe(await response.text());
    expect(kept.headers.get("ETag")).toBe(response.headers.get("ETag"));
    const again = await ask(SAMPLE, { headers: { Accept: "application/json", "If-None-Match": response.headers.get("ETag") ?? "" } });
    expect([again.status, again.headers.get("Vary")]).toEqual([304, "Accept"]);
    const other = await ask(SAMPLE, { headers: { Accept: "image/png", "If-None-Match": response.headers.get("ETag") ?? "" } });
    expect(other.status).toBe(200);
  });
});

it("keeps a requested format", async () => {
  for (const accept of ["application/json", "text/html"]) expect(await typeOf(`${SAMPLE}&format=png`, accept)).toBe("image/png");
});

it("keeps the format of an address without a version, but may answer with a stream", async () => {
  const path = "/v1/fashion-mnist/7.png?steps=1";
  for (const accept of ["application/json", "text/html", "text/event-stream;q=0.5, image/*"])
    expect(await typeOf(path, accept)).toBe("image/png");
  expect(await typeOf(path, "text/event-stream")).toBe("text/event-stream");
  expect((await ask(path)).headers.get("Vary")).toBe("Accept");
});

it("does not matter to permanent addresses", async () => {
  const path = `/v1/fashion-mnist@${await versionOf("fashion-mnist")}/7.svg?steps=1`;
  for (const accept of ["image/png", "text/event-stream", "text/html"]) expect(await typeOf(path, accept)).toBe("image/svg+xml");
  expect((await ask(path)).headers.get("Vary")).toBeNull();
});
