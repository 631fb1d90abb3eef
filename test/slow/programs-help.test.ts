/** Each bench and each tool starts and has a help of its own. */
import { expect, it } from "vitest";
import { finished, startProgram } from "../support/command-line.ts";

const NAMES = {
  "test/bench/run.ts": "engine workerd load growth site widget training data bombs langevin",
  "test/tools/run.ts": "avatars screenshots fuzz-model fuzz-png nightly dependencies house",
};

it.each(Object.entries(NAMES).flatMap(([script, names]) => names.split(" ").map((name) => [script, name])))(
  "%s %s --help",
  async (script, name) => {
    const { code, stdout, stderr } = await finished(startProgram(script, [name, "--help"]));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Usage: (bench|tool) ${name} `));
  },
);
