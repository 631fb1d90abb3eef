/** Checks an answer against the contract: status, media type and the schema of JSON. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect } from "vitest";
import type { Contract, Operation, Schema } from "./contract.ts";

/** Throws if an answer differs from its operation. `body`: the body of the answer as text. */
export type AnswerCheck = (operation: Operation, method: string, response: Response, body: string) => void;

export function answerCheck(contract: Contract): AnswerCheck {
  const checkJson = jsonCheck(contract);
  return ({ responses }, method, { status, headers }, body) => {
    const type = headers.get("Content-Type")?.split(";")[0];
    if (status === 304) return expect(type).toBeUndefined(); // to a client that has the bytes
    const { content = {} } = responses[status] ?? responses[`${String(status)[0]}XX`] ?? expect.fail(`status ${status}`);
    expect(Object.keys(content)).toContain(type);
    if (method !== "HEAD" && type?.endsWith("json")) checkJson(content[type].schema, body);
  };
}

/** Throws if a text is not JSON of the schema. */
function jsonCheck({ components }: Contract): (schema: Schema, text: string) => void {
  const ajv = new Ajv2020({ formats: { binary: true }, allowUnionTypes: true });
  const validators = new Map<Schema, ValidateFunction>();
  const validator = (schema: Schema): ValidateFunction => {
    const whole = JSON.stringify({ ...schema, $defs: components.schemas }).replaceAll("#/components/schemas/", "#/$defs/");
    const made = ajv.compile(JSON.parse(whole));
    validators.set(schema, made);
    return made;
  };
  return (schema, text) => {
    const isValid = validators.get(schema) ?? validator(schema);
    expect(isValid(JSON.parse(text)) || isValid.errors, text.slice(0, 300)).toBe(true);
  };
}
