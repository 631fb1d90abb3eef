/** What pages share: their frame, what they ask the service, and the fields of a drawing. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BundledPackages } from "../../wasm-model/build/licences.ts";
import { buildPages } from "../../worker/node/pages.ts";
import { classField, isOpen } from "../../worker/pages/shared/state.ts";

const [SERVED, FILES] = [
  { models: [], budget: 5 },
  { models: [], budget: 0 },
];
const asked: string[] = [];

beforeEach(() => {
  vi.resetModules(); // a page asks once
  vi.spyOn(console, "warn").mockReturnValue();
  asked.length = 0;
});

/** Asks the service, whose address of models answers with these, one after the other: a status, or nothing at all. */
async function askAfter(...answers: readonly (number | undefined)[]): Promise<() => Promise<unknown>> {
  let next = 0;
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url.split("/").at(-1)!);
    if (url.endsWith("models.json")) return Response.json(FILES);
    const status = answers[next++];
    if (status === undefined) throw new TypeError("Failed to fetch");
    return Response.json(SERVED, { status });
  });
  return (await import("../../worker/pages/shared/service.ts")).service;
}

it.each([undefined, 503, 429])("a failure is said, does not make a service a host of files, and passes: %s", async (failure) => {
  const ask = await askAfter(failure, 200);
  await expect(ask()).rejects.toThrow("This page could not reach its service.");
  expect([await ask(), asked]).toEqual([SERVED, ["models", "models"]]);
});

it("a host of files alone, which has no such address, has the answer in a file", async () => {
  expect(await (await askAfter(404))()).toEqual(FILES);
});

it("of a single class there is nothing to choose", () => {
  expect([[], ["face"], ["face", "robot"]].map((labels) => isOpen(classField(labels)))).toEqual([false, false, true]);
});

afterEach(() => void vi.unstubAllEnvs());

it.each([
  ["with the site's address where the build knows it", "https://anneal.example/images", ["https://anneal.example/images/cover.png"]],
  ["relative to the page elsewhere", undefined, ["./cover.png", "../cover.png"]],
])("the address of the cover is right at every path: %s", async (_, siteUrl, expected) => {
  vi.stubEnv("SITE_URL", siteUrl);
  const files = new Map(await buildPages(new BundledPackages()));
  const covers = ["index.html", "create/index.html"].map(
    (path) => /og:image" content="([^"]*)"/.exec(new TextDecoder().decode(files.get(path)))?.[1],
  );
  expect([...new Set(covers)]).toEqual(expected);
});
