/** What pages of other origins may do: read. */
import { expect, it } from "vitest";
import { ask } from "../worker.ts";

const Origin = "https://page.test";

it("a preflight request is answered with the two methods", async () => {
  for (const path of ["/sample?seed=7", "/nope"]) {
    const { status, headers } = await ask(path, { method: "OPTIONS", headers: { Origin, "Access-Control-Request-Method": "GET" } });
    const allowed = ["Origin", "Methods"].map((name) => headers.get(`Access-Control-Allow-${name}`));
    expect([path, status, ...allowed]).toEqual([path, 204, "*", "GET,HEAD"]);
  }
});

it("answers may be read, refusals too", async () => {
  for (const [path, status] of [
    ["/sample?seed=7&steps=1", 200],
    ["/sample?steps=0", 400],
  ] as const) {
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(path, { method, headers: { Origin } });
      expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([status, "*"]);
      expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("X-Seed");
    }
  }
});
