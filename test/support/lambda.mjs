/**
 * A server that does to `handler.ts` of this folder what API Gateway does to a function on AWS Lambda: one event of its
 * format 2.0 for a request, one object for the answer.
 */
import { createServer } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { handler } = await import(pathToFileURL(join(process.cwd(), "handler.ts")).href);

const server = createServer(async (request, response) => {
  const [rawPath, rawQueryString = ""] = request.url.split("?", 2);
  const body = await buffer(request);
  const { headers, method } = request;
  const {
    statusCode,
    headers: own,
    body: text,
    isBase64Encoded,
  } = await handler({
    version: "2.0",
    rawPath,
    rawQueryString,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    requestContext: { domainName: headers.host, http: { method, path: rawPath, sourceIp: "198.51.100.7" } },
    ...(body.length > 0 && { body: body.toString("base64"), isBase64Encoded: true }),
  });
  response.writeHead(statusCode, own).end(Buffer.from(text, isBase64Encoded ? "base64" : "utf8"));
});
server.listen(Number(process.env.PORT), "127.0.0.1");
