/** The OpenAPI 3.1 document of a server: what its routes say of themselves. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { problems } from "./answers.ts";
import { type Route, type Server, TAGS } from "./route.ts";

export function openApiDocument(routes: readonly Route[], server: Server): object {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono();
  openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "The server's token, where it has one.",
  });
  for (const { method, path, operation } of routes) {
    if (!operation) continue;
    const { responses, security = [], ...rest } = operation(server);
    openAPIRegistry.registerPath({ ...rest, method, path, security, responses: { ...responses, ...problems(405) } });
  }
  const { budget } = server;
  return getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Anneal",
      version: "1",
      description:
        "Images that no one ever took, drawn by a small network while you wait. The seed decides the image: the same request gives the same bytes. " +
        `A picture may cost at most ${budget} network evaluations, those of all its images: steps, for most samplers, times images, twice that with guidance.`,
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
    },
    servers: [{ url: "/", description: "The server that this document comes from." }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    "x-work-budget": budget,
  });
}
