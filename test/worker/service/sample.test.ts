import { describe, expect, it } from "vitest";
import { QUERY_NAMES } from "../../../worker/service/request.ts";
import { ask } from "../worker.ts";

describe("GET /sample", () => {
  it("states seed, cost and model in headers", async () => {
    const { status, headers } = await ask("/sample?seed=%C3%A4+%F0%9F%A7%A5%0A&steps=3");
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("image/png");
    expect(decodeURIComponent(headers.get("X-Seed") ?? "")).toBe("ä 🧥\n");
    expect(headers.get("X-NFE")).toBe("3");
    const { models } = await (await ask("/v1/models")).json<{ models: { macs: number; cost: number; sampling: { steps: number } }[] }>();
    const [{ macs, cost, sampling }] = models;
    expect(Number(headers.get("X-Cost"))).toBe(cost + (3 - sampling.steps) * macs);
    expect(headers.get("X-Model")).toBe("avatars");
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(headers.get("Access-Control-Expose-Headers")).toBe(
      "X-Seed,X-NFE,X-Cost,X-Model,Content-Location,ETag,Retry-After,Server-Timing",
    );
  });

  it("draws another image each time if no seed is given, and states its seed", async () => {
    const first = await ask("/sample?steps=1");
    const second = await ask("/sample?steps=1");
    expect(first.headers.get("Cache-Control")).toBe("no-store");
    expect(first.headers.get("X-Seed")).not.toBe(second.headers.get("X-Seed"));
    expect(await (await ask(`/sample?steps=1&seed=${first.headers.get("X-Seed")}`)).bytes()).toEqual(await first.bytes());
  });
});

describe("a client's mistake", () => {
  const problem = (status: number, title: string, code: string, mistake: { key: string; expected: string; received: string }) => {
    const { key, expected, received } = mistake;
    const detail =
      code === "unknown-option"
        ? `\`${key}\` is not an option: these are ${QUERY_NAMES.join(", ")}`
        : `Expected ${expected} for \`${key}\` but received ${received}`;
    return { type: "about:blank", title, status, code, detail, ...mistake };
  };
  const classes = "an index from 0 to 6 or one of face, landscape, monster, person, planet, plant, robot";
  const steps = "an integer from 1 to 64";
  const keys = `one of ${QUERY_NAMES.join(", ")}`;

  it.each([
    ["class=Shoe", "invalid-value", "class", classes, "Shoe"],
    ["steps=0", "invalid-value", "steps", steps, "0"],
    ["format=gif", "invalid-value", "format", "one of png, apng", "gif"],
    ["model=nope", "invalid-value", "model", "one of avatars, fashion-mnist, mnist, cifar10", "nope"],
    [
      `seed=${"x".repeat(257)}`,
      "invalid-value",
      "seed",
      "Unicode text of 1 to 256 bytes in UTF-8",
      `${JSON.stringify("x".repeat(60)).slice(0, -1)}…"`,
    ],
    ["seed=", "empty-value", "seed", "Unicode text of 1 to 256 bytes in UTF-8", "nothing"],
    ["steps=1&steps=2", "repeated-option", "steps", `one value only (${steps})`, "2 values"],
    ["step=1", "unknown-option", "step", keys, "1"],
    [`${"s".repeat(300)}=1`, "unknown-option", `${"s".repeat(60)}…`, keys, "1"],
  ])("is reported in full: %s", async (query, code, key, expected, received) => {
    const response = await ask(`/sample?${query}`);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(await response.json()).toEqual(problem(400, "Bad Request", code, { key, expected, received }));
    expect(response.status).toBe(400);
  });

  const paths = "one of /sample, /v1/{model}/{seed}.{format}, /v1/models, /v1/models/{model}/model.onnx, /health, /openapi.json";
  const long = `/${"x".repeat(300)}`;

  it.each([
    ["/nope", "path", paths, '"/nope"'],
    [long, "path", paths, `"${long.slice(0, 60)}…"`],
    ["/v1/models/nope/model.onnx", "model", "one of avatars, fashion-mnist, mnist, cifar10", "nope"],
  ])("gets an error that %s does not exist", async (path, key, expected, received) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toEqual(problem(404, "Not Found", "not-found", { key, expected, received }));
  });

  it("gets the list of methods", async () => {
    const mistake = { key: "method", expected: "one of GET, HEAD", received: "PUT" };
    const response = await ask("/sample", { method: "PUT" });
    expect(await response.json()).toEqual(problem(405, "Method Not Allowed", "method-not-allowed", mistake));
  });
});
