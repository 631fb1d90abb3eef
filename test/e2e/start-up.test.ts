/** What an isolate evaluates before its first picture. */
import { expect, it } from "vitest";
import { startUp } from "../support/start-up.ts";

it("evaluates neither zod nor what makes the OpenAPI document", async () => {
  const { evaluated, modules } = await startUp();
  expect(evaluated).toContainEqual(expect.stringMatching(/worker\/routes\/sample\.ts$/));
  expect(evaluated.filter((path) => /node_modules\/(zod|@hono\/zod-openapi|@asteasolutions|openapi3-ts)\//.test(path))).toEqual([]);
  expect(evaluated.length).toBeLessThan(modules);
});
