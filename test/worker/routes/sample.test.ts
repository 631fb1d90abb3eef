/** Addresses of images: how they may be spelled, and which methods they take. */
import { describe, expect, it, vi } from "vitest";
import { service } from "../service.ts";
import { ask, versionOf } from "../worker.ts";

const FOR_GOOD = "public, max-age=31536000, immutable";

describe("an address with a version", () => {
  const cachingOf = async (file: string): Promise<string | null> => {
    const { status, headers } = await ask(`/v1/fashion-mnist@${await versionOf("fashion-mnist")}/${file}`);
    expect([file, status]).toEqual([file, 200]);
    return headers.get("Cache-Control");
  };

  it.each([
    "7.png",
    "7.png?steps=1&size=56&background=fde&foreground=402060",
    "7.png?class=Ankle+boot&steps=1&temperature=0.5",
    "7.png?class=Ankle%20boot&steps=1",
    "7.png?class=9&steps=1",
    "7.png?steps=1&to=%C3%A4&t=0.25",
  ])("is immutable if it is spelled as our own are: %s", async (file) => expect(await cachingOf(file)).toBe(FOR_GOOD));

  it.each([
    "7.png?",
    "7.png?steps=1&",
    "7.png?steps=01",
    "7.png?temperature=0.5&steps=1",
    "7.png?steps=1&class=ankle+BOOT",
    "7.png?steps=1&class=09",
    "7.png?size=56.0",
    "7.png?steps=1&background=FDE",
    "7.png?steps=1&background=%23fde",
    "7.png?st%65ps=1",
    "%37.png?steps=1",
  ])("is revalidated if it is one of many spellings: %s", async (file) =>
    expect(await cachingOf(file)).toBe("public, max-age=0, must-revalidate"),
  );

  it("is immutable as spelled in every answer", async () => {
    for (const query of ["seed=a%20b%2F&class=8", "seed=7&temperature=1.0&n=4", "seed=~%27()&size=56.0&background=%23FDE"]) {
      const url = (await ask(`/sample?model=fashion-mnist&steps=1&${query}`)).headers.get("Content-Location") ?? "";
      expect((await ask(url)).headers.get("Cache-Control")).toBe(FOR_GOOD);
    }
  });
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
