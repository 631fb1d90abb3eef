/**
 * The walk through the service, worker/API.md: its commands, one after the other in one shell, give what stands below
 * each; and nothing is left out.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Contract, operationsOf } from "../support/contract.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

const walk = readFileSync(resolve(import.meta.dirname, "../../worker/API.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "anneal-"));

interface Step {
  readonly command: string;
  /** Status, media type, and a sentence or the key at fault. */
  readonly expected: string | undefined;
}

/**
 * Each line of the page's shell blocks that is no comment is a command; a comment is what the one before it must give.
 */
const steps: Step[] = [...walk.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => {
  const lines = block.trim().split("\n");
  return lines.flatMap((command, i) => (command.startsWith("# ") ? [] : { command, expected: /^# (.*)$/.exec(lines[i + 1] ?? "")?.[1] }));
});

const workers: RunningWorker[] = [];
let origin = "";

beforeAll(async () => {
  for (const args of [[], ["--env", "free", "--var", "API_TOKEN:open-sesame"]]) workers.push(await startWorker(...args));
  origin = workers[0].origin;
  // curl tells status and media type of each answer apart from the answer itself.
  writeFileSync(join(folder, ".curlrc"), 'silent\nshow-error\nwrite-out = "%{stderr}%{http_code} %{content_type}\\n"\n');
  const commands = steps.map(({ command }, i) => `{ ${command}\n} > out.${i} 2> err.${i}; echo $? > exit.${i}\n`);
  const env = { ...process.env, CURL_HOME: folder, ANNEAL: origin, DEPLOYED: workers[1].origin };
  spawnSync("bash", ["-c", commands.join("")], { cwd: folder, env });
}, 300_000);

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  rmSync(folder, { recursive: true });
});

const read = (name: string): string => readFileSync(join(folder, name), "utf8");

/** The sentence of a problem where the step expects one, the key where it expects that. */
function detailOf(answer: string, expected: string): string {
  if (!/problem\+json \S/.test(expected)) return "";
  const { detail, key } = JSON.parse(answer);
  return expected.includes(" key=") ? ` key=${key}` : ` ${detail}`;
}

describe("the walk", () => {
  it.each(steps.map((step, i) => [step.command, step.expected, i] as const))("%s", (_, expected, i) => {
    expect(read(`exit.${i}`)).toBe("0\n");
    if (expected === undefined) return;
    const told = new Set(read(`err.${i}`).trim().split("\n"));
    expect([...told].map((line) => `${line.trim()}${detailOf(read(`out.${i}`), expected)}`)).toEqual(expected.split(", then "));
  });

  it("goes through every route, option and status of the contract", async () => {
    const contract = (await (await fetch(`${origin}/openapi.json`)).json()) as Contract;
    const operations = operationsOf(contract);
    const commands = steps.map(({ command }) => command).join("\n");
    for (const { path } of operations) {
      const pattern = path.replaceAll(/[.*+?^$()[\]\\]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/\\s]+?");
      expect(commands, path).toMatch(new RegExp(`\\$ANNEAL${pattern}["?]`));
    }
    const parameters = operations.flatMap(({ operation }) => operation.parameters ?? []).filter((parameter) => parameter.in === "query");
    for (const { name } of parameters) expect(commands, name).toMatch(new RegExp(`[?&]${name}=`));
    const statuses = new Set(operations.flatMap(({ operation }) => Object.keys(operation.responses)));
    const walked = new Set(steps.flatMap(({ expected }) => expected?.match(/\b\d{3}(?= |$)/g) ?? []));
    // What an isolate draws at a time is tested in test/worker/admission/limits.test.ts, uploads that do not arrive in
    // test/worker/memory.test.ts.
    expect([...statuses].filter((status) => !walked.has(status))).toEqual(["503", "408"]);
  });
});
