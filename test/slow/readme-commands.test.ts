/**
 * The commands that README.md and other documents name: each of them starts in a fresh clone, in which nothing was done
 * but what `npm ci` does.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyTree } from "../support/files.ts";
import { freePort } from "../support/start-worker.ts";

/** Milliseconds that a command may take on a machine that has much else to do. */
const PATIENCE = 300_000;

const ROOT = resolve(import.meta.dirname, "../..");
const clone = mkdtempSync(join(tmpdir(), "anneal-clone-"));
/** Those of worker/API.md are run by test/e2e/walk.test.ts, those of worker/DEPLOY.md by test/slow/hosts.test.ts. */
const documents = ["README.md", "training/README.md", "test/README.md"].map((name) => readFileSync(join(ROOT, name), "utf8")).join("\n");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

beforeAll(async () => {
  copyTree(clone);
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  expect(await run("npm run prepare")).toMatchObject({ code: 0 });
  expect(await run("npx --no -- anneal --version")).toMatchObject({ code: 0 }); // npx links the clone into its cache, once
}, PATIENCE);

afterAll(() => {
  for (const folder of [clone, `${clone}-npm`]) rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  /** Exit code, or null after a signal. */
  readonly code: number | null;
  readonly printed: string;
}

/** Runs a command in a clone, to its end or until it prints `sign`. */
async function run(command: string, cwd = clone, sign?: string): Promise<Outcome> {
  const PORT = String(await freePort());
  const child = spawn("bash", ["-c", command], {
    cwd,
    env: { ...process.env, PORT, npm_config_cache: `${clone}-npm` },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const read = (text: string) => {
    printed += text;
    if (sign !== undefined && printed.includes(sign)) process.kill(-(child.pid as number), "SIGTERM");
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, printed };
}

/** In blocks and between backticks, without comments and without what is npm's own. */
const commands = [
  ...[...documents.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => block.trim().split("\n")),
  ...[...documents.matchAll(/`((?:npm|npx) [^`\n]+)`/g)].map(([, command]) => command),
]
  .flatMap((line) => line.replace(/ # .*/, "").split("&&"))
  .map((command) => command.trim())
  .filter((command) => !/^npm (?:ci|pack|install)\b/.test(command));

/** Of package.json, or undefined for what npx runs. */
const scriptOf = (command: string): string | undefined => /^npm (?:run )?([\w:]+)/.exec(command)?.[1];

/** What is run, without its flags: a script of package.json, a bench or a tool, or a verb. */
const programOf = (command: string): string =>
  (/^npm run (?:bench|tool) -- [\w-]+|^npm (?:run )?[\w:]+|^npx anneal [\w-]+/.exec(command) ?? [command])[0];

const withArguments = (command: string, ...args: string[]): string =>
  [command, ...(command.startsWith("npm ") && !command.includes(" -- ") ? ["--"] : []), ...args].join(" ");

/**
 * The commands of which `--help` would tell too little: how they are run on a small scale. The tests themselves are
 * running.
 */
const SMALL: Readonly<Record<string, (command: string) => string | undefined>> = {
  "npm test": () => undefined,
  "npm run test:more": () => undefined,
  "npm start": (command) => command.replace(/models\/(?:pets|mine)/, "wasm-model/models/mnist"),
  "npm run bench -- workerd": (command) => withArguments(command, "--requests", "3", "--restarts", "1"),
  "npm run bench -- load": () => "npm run bench -- load 40 1",
};

const small = commands.map((command) => SMALL[programOf(command)]?.(command)).filter((command) => command !== undefined);
/** The others, by what is run. */
const helped = new Map<string, string[]>();
for (const command of commands) {
  const program = programOf(command);
  if (!Object.hasOwn(SMALL, program)) helped.set(program, [...(helped.get(program) ?? []), command]);
}

const flagsIn = (command: string): string[] => command.match(/(?<= )--[a-z][\w-]*/g) ?? [];

describe("a command of the documents", () => {
  it("is a script of package.json", () => {
    expect(commands.length).toBeGreaterThan(20);
    for (const command of commands) expect([undefined, ...Object.keys(scripts)], command).toContain(scriptOf(command));
  });

  it.each([...new Set(small)])("runs in a fresh clone: %s", { timeout: PATIENCE }, async (command) => {
    const own = mkdtempSync(`${clone}-`); // what another command builds is not there
    try {
      cpSync(clone, own, { recursive: true, verbatimSymlinks: true });
      const sign = scriptOf(command) === "start" ? "Anneal is at" : undefined;
      const { code, printed } = await run(command, own, sign);
      if (sign === undefined) expect([code, printed]).toEqual([0, expect.any(String)]);
      else expect(printed).toContain(sign);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });

  it.concurrent.each([...helped])(
    "starts in a fresh clone and has the flags that stand there: %s",
    { timeout: PATIENCE },
    async (command, lines) => {
      const { code, printed } = await run(withArguments(command, "--help"));
      expect([code, printed]).toEqual([0, expect.any(String)]);
      for (const flag of lines.flatMap(flagsIn)) expect(printed).toContain(flag);
    },
  );
});

/** Flags that make a command of the tutorial small; the rest stands as it is typed. */
const SMALLER: Readonly<Record<string, string>> = {
  "npm run tool -- avatars": "--count 12",
  "npx anneal train": "--images 64 --network s16x3 --batch 16 --backend wasm",
  "npx anneal export": "--force --calibration-images 1 --backend wasm",
  "npx anneal evaluate": "--backend wasm",
};

it("the commands of the tutorial run one after the other, as they are typed", { timeout: 2 * PATIENCE }, async () => {
  const tutorial =
    readFileSync(join(ROOT, "training/README.md"), "utf8")
      .split("\n## ")
      .find((part) => part.startsWith("Tutorial")) ?? "";
  const typed = (/^```sh\n(.*?)^```$/ms.exec(tutorial)?.[1] ?? "")
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +# .*/, ""));
  expect(typed.length).toBeGreaterThan(4);
  for (const command of typed) {
    const smaller = command.replace(/ --images \d+/, "");
    const { code, printed } = await run(withArguments(smaller, ...(SMALLER[programOf(command)] ?? "").split(" ").filter(Boolean)));
    expect([code, printed], command).toEqual([0, expect.any(String)]);
  }
});
