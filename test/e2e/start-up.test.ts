/** What an isolate evaluates before its first image. */
import { expect, it } from "vitest";
import { startUp } from "../support/start-up.ts";

it("evaluates nothing that only the OpenAPI document uses", async () => {
  const { evaluated, modules } = await startUp();
  expect(evaluated).toContainEqual(expect.stringMatching(/worker\/routes\/sample\.ts$/));
  expect(
    evaluated.filter((path) => /node_modules\/@valibot\/to-json-schema\/|worker\/openapi\/(document|parameters|answers)\.ts$/.test(path)),
  ).toEqual([]);
  expect(evaluated.length).toBeLessThan(modules);
});
