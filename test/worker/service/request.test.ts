import { describe, expect, it } from "vitest";
import { OptionError } from "../../../wasm-model/index.ts";
import { ADDRESS_KEYS, parseQuery, QUERY_NAMES } from "../../../worker/service/request.ts";

const parse = (query: string) => parseQuery(`https://a.test/sample?${query}`);

function mistake(query: string): OptionError {
  try {
    parse(query);
  } catch (error) {
    if (error instanceof OptionError) return error;
  }
  throw new Error(`Expected an OptionError for ${query}`);
}

describe("parseQuery", () => {
  it("takes every option of the table", () => {
    const options = { seed: "🧥 1", class: "Ankle boot", steps: "8", sampler: "langevin", churn: "0.2", temperature: "0.9", size: "56" };
    const query = new URLSearchParams({ model: "m", ...options, format: "apng" });
    expect(parse(String(query))).toMatchObject({ model: "m", format: "apng", options });
  });

  it.each(QUERY_NAMES)("takes %s at most once, and not empty", (name) => {
    expect(mistake(`${name}=`)).toMatchObject({ code: "empty-value", option: name, received: "nothing" });
    expect(mistake(name)).toMatchObject({ code: "empty-value", option: name });
    expect(mistake(`${name}=1&${name}=1`)).toMatchObject({ code: "repeated-option", option: name, received: "2 values" });
  });

  it("says which option a common word for it means", () => {
    expect(mistake("label=robot").message).toMatch(/^`label` is not an option \(did you mean `class`\?\): these are seed, model, /);
  });

  it.each(["Seed", "seeds", "temperatures", "__proto__", "constructor", "toString", ""])("refuses the key %j", (name) => {
    expect(mistake(`seed=7&${name}=9`)).toMatchObject({ code: "unknown-option", option: name, received: "9" });
  });
});

it("refuses bytes that are not text", () => {
  for (const value of ["%FF", "%C3", "%zz", "a%"])
    expect(mistake(`steps=8&seed=${value}`).message).toBe(`Expected percent-encoded UTF-8 for \`seed\` but received "${value}"`);
});

it("an address takes neither what it names itself nor what only the library has", () => {
  for (const key of ["seed", "model", "format", "strength", "sigma"]) {
    expect(() => parseQuery(`https://a.test/v1/m/7.png?${key}=1`, { seed: "7", format: "png" })).toThrow(
      `\`${key}\` is not an option: these are ${ADDRESS_KEYS.join(", ")}`,
    );
  }
});
