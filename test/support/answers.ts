/** Checks an answer against the contract: status, media type, headers and the schema of JSON. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { type Answer, type Contract, type Operation, operationsOf, type Schema } from "./contract.ts";

/** Any operation may answer this: values of parameters may turn its path into another one. */
const ANYWHERE = 404;

/** Throws if an answer differs from its operation. `body`: the body of the answer as text. */
export type AnswerCheck = (operation: Operation, method: string, response: Response, body: string) => void;

export function answerCheck(contract: Contract): AnswerCheck {
  const answers = operationsOf(contract).flatMap(({ operation }) => Object.values(operation.responses));
  const names = new Set(answers.flatMap(({ headers = {} }) => Object.keys(headers)));
  const checkJson = jsonCheck(contract);
  return ({ responses }, method, { status, headers }, body) => {
    const type = headers.get("Content-Type")?.split(";")[0];
    const documented: Answer | undefined = responses[status];
    if (!documented) {
      expect(status).toBe(ANYWHERE);
      if (method !== "HEAD") expect(type).toBe("application/problem+json");
      return;
    }
    for (const name of names) {
      const header = documented.headers?.[name];
      if (headers.has(name)) expect(Object.keys(documented.headers ?? {}), `headers of status ${status}`).toContain(name);
      else expect(header?.required ?? false, `${name} with status ${status}`).toBe(false);
    }
    if (!documented.content) {
      expect(type).toBeUndefined();
      return;
    }
    expect(Object.keys(documented.content)).toContain(type);
    if (method !== "HEAD" && type?.endsWith("json")) checkJson(documented.content[type].schema, body);
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
