/**
 * Requests made up from the server's own contract, right ones and wrong ones, one after the other: no answer is a
 * failure of the server, and each has the status, media type and JSON that the contract describes.
 */
import fc from "fast-check";
import { expect } from "vitest";
import { answerCheck } from "./answers.ts";
import { type Contract, type Operation, operationsOf, type Parameter, type Schema } from "./contract.ts";

/** How large numbers that cost work are, most of the time. */
const CHEAP = 4;

interface Sent {
  readonly operation: Operation;
  readonly url: string;
  readonly init: RequestInit;
}

const text = fc.string({ unit: "binary", maxLength: 300 });
const junk = fc.oneof(text, fc.constantFrom("", "-1", "0", "1e9", "NaN", "null", "__proto__", "../..", "%", "%ff", "1".repeat(400)));

/** A value that the schema allows. */
function value({ type, enum: choices, minimum = 0, maximum = CHEAP, pattern }: Schema): fc.Arbitrary<string> {
  if (choices) return fc.constantFrom(...choices);
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  if (type === "integer") {
    const cheap = fc.integer({ min: minimum, max: Math.min(maximum, minimum + CHEAP) });
    return fc.oneof({ weight: 60, arbitrary: cheap }, { weight: 1, arbitrary: fc.integer({ min: minimum, max: maximum }) }).map(String);
  }
  if (type === "number") return fc.double({ min: minimum, max: maximum, noNaN: true }).map((number) => number.toFixed(3));
  return fc.oneof(text, fc.integer({ min: 0, max: 9 }).map(String));
}

/** Examples as well: a made-up version is never the current one. */
const valueOrJunk = ({ schema }: Parameter) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.oneof(value(schema), fc.constantFrom(...(schema.examples ?? [""]).map(String))) },
    { weight: 1, arbitrary: junk },
  );

function query(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const own = fc.record(Object.fromEntries(parameters.map((parameter) => [parameter.name, valueOrJunk(parameter)])), { requiredKeys: [] });
  const foreign = fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(junk, junk), { maxLength: 2 }) },
  );
  const few = fc.tuple(own, fc.integer({ min: 0, max: 4 }), foreign);
  return few.map(([values, count, others]) =>
    new URLSearchParams([...Object.entries(values).slice(0, count), ...others] as [string, string][]).toString(),
  );
}

const headers = fc.record(
  {
    Accept: fc.constantFrom("*/*", "image/png", "text/html, */*;q=0.1", ";;,q=x"),
    "If-None-Match": fc.constantFrom("*", '"x"', 'W/"y", "z"', ",,"),
  },
  { requiredKeys: [] },
);

function request(path: string, operation: Operation): fc.Arbitrary<Sent> {
  const { parameters = [] } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const parts = fc.record(Object.fromEntries(inPath.map((parameter) => [parameter.name, valueOrJunk(parameter)])));
  const sent = fc.oneof({ weight: 20, arbitrary: fc.constant("GET") }, fc.constantFrom("HEAD", "PUT", "DELETE", "PATCH", "POST"));
  return fc
    .tuple(parts, query(parameters.filter((parameter) => parameter.in === "query")), headers, sent)
    .map(([values, search, headers, method]) => {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent((values as Record<string, string>)[name]));
      return { operation, url: `${filled}${search && `?${search}`}`, init: { method, headers } };
    });
}

/** Sends so many requests through `ask`. Tells how many answers had which status. */
export async function fuzz(
  ask: (url: string, init: RequestInit) => Promise<Response>,
  requests: number,
  seed: number,
): Promise<Map<number, number>> {
  const contract = (await (await ask("/openapi.json", {})).json()) as Contract;
  const check = answerCheck(contract);
  const operations = operationsOf(contract).map(({ path, operation }) => ({
    weight: operation.parameters ? 4 : 1,
    arbitrary: request(path, operation),
  }));
  const seen = new Map<number, number>();
  const answered = async (sent: Sent): Promise<void> => {
    const response = await ask(sent.url, sent.init);
    const body = new TextDecoder().decode(await response.arrayBuffer());
    seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
    check(sent.operation, sent.init.method ?? "GET", response, body);
    expect(response.status).toBeLessThan(500);
  };
  await fc.assert(fc.asyncProperty(fc.oneof(...operations), answered), { numRuns: requests, seed, endOnFailure: true });
  return seen;
}
