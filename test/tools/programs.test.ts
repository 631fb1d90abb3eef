/** `npm run bench` and `npm run tool`: lists of programs, each with a help of its own. */
import { describe, expect, it } from "vitest";
import { finished, startProgram } from "../support/command-line.ts";
import { climbing } from "./house.ts";

const SCRIPTS = { bench: "test/bench/run.ts", tool: "test/tools/run.ts" };
const NAMES = {
  bench: "engine workerd load growth site widget training data bombs langevin".split(" "),
  tool: "avatars screenshots animation documents wall fuzz-model fuzz-png nightly dependencies house".split(" "),
};

describe.each(["bench", "tool"] as const)("npm run %s", (script) => {
  const run = (...words: string[]) => finished(startProgram(SCRIPTS[script], words));

  it("lists its names, and fails without one", async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    const listed = [...stderr.split("Names:")[1].matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, name]) => name);
    expect(listed).toEqual(NAMES[script]);
  });

  it("suggests a name for a misspelt one", async () => {
    const [name] = NAMES[script] as [string];
    const stderr = `unknown command '${name}s' (Did you mean ${name}?)\n`;
    expect(await run(`${name}s`)).toEqual({ code: 2, stdout: "", stderr });
  });
});

it("counts the imports between rooms that climb in every order of the rooms", () => {
  const floor = {
    "training/train.ts": `import { a } from "./low/a.ts";`,
    "training/low/a.ts": `import { b } from "./b.ts"; export { c } from "../high/c.ts";`,
    "training/high/c.ts": `import { a } from "../low/a.ts"; import { w } from "../../wasm-model/index.ts";`,
    "training/high/d.ts": `const { b } = await import("../low/b.ts");`,
  };
  expect(climbing(new Map(Object.entries(floor)), "training")).toBe(1);
});
