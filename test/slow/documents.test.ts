/**
 * The commands of README.md, training/README.md, worker/API.md and worker/DEPLOY.md, as they stand there: in a fresh clone,
 * in which nothing was done but what `npm ci` does, one after the other. Each answer of API.md is what stands below its
 * command, and nothing of the service is left out.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { unstable_startWorker as startExample } from "wrangler";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { run as runVerb } from "../support/command-line.ts";
import { copyTree, temporaryFolder, writeFolder } from "../support/files.ts";
import { api, deployment, EXAMPLES, readme } from "../support/packed.ts";
import { freePort, type RunningWorker, startWorker } from "../support/start-worker.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const training = readFileSync(join(ROOT, "training/README.md"), "utf8");

const linesOf = (text: string, kind = "sh"): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "gms"))].flatMap(([, block]) => block.trim().split("\n"));

/** Commands within a sentence that serve, train or write something. */
const inSentences = (text: string): string[] =>
  [...text.matchAll(/`(npx anneal (?!setup-native)[\w-]+ [^`<]+|npm start -- [^`]+)`/g)].map(([, command]) => command);

describe("README.md, training/README.md, API.md's command line and DEPLOY.md", () => {
  const [clone, npmCache] = [temporaryFolder("clone"), temporaryFolder("clone-npm")];

  beforeAll(async () => {
    copyTree(clone);
    symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
    writeTinyDataset(join(clone, "my-images"), 520);
    writeTinyDataset(join(clone, "data/fashion-mnist"), 300); // in place of a download
    const records = Buffer.concat([0, 1].flatMap((label) => [Buffer.of(label), Buffer.alloc(3072, 100 + label)]));
    writeFolder(join(clone, "cifar-10-batches-bin"), { "data_batch_1.bin": records, "test_batch.bin": records });
    expect(await run("npm run prepare")).toMatchObject({ code: 0 });
  });

  /** Runs a command to its end, or until it prints `sign`. */
  async function run(command: string, sign?: string): Promise<{ readonly code: number | null; readonly printed: string }> {
    const env = { ...process.env, PORT: String(await freePort()), npm_config_cache: npmCache };
    const child = spawn("bash", ["-c", command], { cwd: clone, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
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

  const lines = [...[readme, training, deployment].flatMap((text) => linesOf(text)), ...linesOf(api, "text")];
  const typed = [...lines, ...[readme, training, deployment, api].flatMap(inSentences)].flatMap((line) =>
    line.replace(/ +# .*/, "").split(" && "),
  );
  /** What needs an account or a download is left out; the package and PyTorch have tests of their own; the tests themselves are running. */
  const commands = [...new Set(typed)].filter(
    (command) =>
      !/^npm (?:ci|test|install|pack)\b|^npx anneal setup-native|^npm run lab -- dataset fashion-mnist|^pip |^torchrun |--(?:prepare|finish) /.test(
        command,
      ),
  );

  /** Flags that make a command small, or keep it from what needs an account; the rest stands as it is typed. */
  const SMALLER: readonly (readonly [begins: string, flags: string])[] = [
    ["npx anneal train", "--force --images 32 --batch 16 --backend wasm"],
    ["npx anneal export", "--force --backend wasm"],
    ["npx anneal evaluate", "--backend wasm"],
    ["npm run lab -- emoji", "--count 12"],
    ["npm run deploy --", "--dry-run"],
    ["npm run deploy", "-- --dry-run"],
  ];

  it("have commands that follow", () => expect(commands.length).toBeGreaterThan(10));

  /** Two that differ in such a flag alone are one. */
  const made = new Map(
    commands.map((command) => {
      const [, flags = ""] = SMALLER.find(([begins]) => command.startsWith(begins)) ?? [];
      const small = `${flags.includes("--images") ? command.replace(/ --images \d+/, "") : command} ${flags}`.trim();
      return [small.replace(/(--dry-run.*) --dry-run$/, "$1"), command];
    }),
  );

  it.each([...made])("%s", async (small, command) => {
    if (command.startsWith("npx anneal new")) rmSync(join(clone, "my-edge"), { recursive: true, force: true });
    const sign = command.startsWith("npm start") ? "Ready on" : command.startsWith("npx anneal dev") ? "Anneal is at" : undefined;
    const { code, printed } = await run(small, sign);
    if (sign === undefined) expect([small, code, printed]).toEqual([small, 0, expect.any(String)]);
    else expect(printed).toContain(sign);
  });

  it("write a project that installs, serves an image, and ends with npm", async () => {
    const install = "cd my-edge && npm install --prefer-offline --no-audit --no-fund";
    expect(await run(`export npm_config_cache="$HOME/.npm"; ${install}`)).toMatchObject({ code: 0 });
    const fetched = 'until curl --silent --fail "http://localhost:$PORT/sample?seed=alice" --output alice.png; do sleep 0.2; done';
    const { printed } = await run(`cd my-edge && { DRAIN=0 npm start & ${fetched}; kill %1; }`); // which also waits for the server's end
    expect(printed).toContain("Anneal is at");
    expect(readFileSync(join(clone, "my-edge/alice.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  const named = [...`${readme}${api}${deployment}${training}`.matchAll(/(?:^|`)(np[mx] [^`\n]+)/gm)].map(([, command]) => command);

  it("name scripts of package.json, benches and tools that there are", async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const lists = await Promise.all(["bench", "tool", "lab"].map(async (script) => (await run(`npm run ${script}`)).printed));
    for (const command of named.filter((command) => !/^npm (?:ci|pack|install)\b/.test(command))) {
      const [, script, program] = /^npm (?:run )?([\w:]+)(?: -- ([\w-]+))?/.exec(command) ?? [];
      if (script !== undefined) expect(Object.keys(scripts), command).toContain(script);
      if (program !== undefined && /^(?:bench|tool|lab)$/.test(script)) expect(lists.join("\n"), command).toContain(`  ${program} `);
    }
  });

  it("name flags of the verbs that there are", async () => {
    const helped = new Map<string, Promise<string>>();
    for (const command of named) {
      const [, verb, flags] = /^npx anneal ([\w-]+)(.*)/.exec(command) ?? [];
      if (verb === undefined) continue;
      if (!helped.has(verb))
        helped.set(
          verb,
          runVerb(verb, ["--help"]).then(({ code, stdout }) => `${code} ${stdout}`),
        );
      expect(await helped.get(verb)).toMatch(/^0 /);
      for (const flag of flags.replace(/ #.*/, "").match(/(?<= )--[a-z][\w-]*/g) ?? [])
        expect(await helped.get(verb), command).toContain(flag);
    }
  });
});

describe("API.md", () => {
  const folder = temporaryFolder("answers");

  interface Step {
    readonly command: string;
    /** Status, media type, and a sentence or the key at fault. */
    readonly expected: string | undefined;
  }

  /** Each line that is no comment is a command; a comment is what the one before it must give. */
  const lines = linesOf(api);
  const steps: Step[] = lines.flatMap((command, i) =>
    command.startsWith("# ") ? [] : { command, expected: /^# (.*)$/.exec(lines[i + 1] ?? "")?.[1] },
  );

  let deployed: RunningWorker;

  beforeAll(async () => {
    deployed = await startWorker("--env", "free");
    // curl tells status and media type of each answer apart from the answer itself.
    writeFileSync(join(folder, ".curlrc"), 'silent\nshow-error\nwrite-out = "%{stderr}%{http_code} %{content_type}\\n"\n');
    const commands = steps.map(({ command }, i) => `{ ${command}\n} > out.${i} 2> err.${i}; echo $? > exit.${i}\n`);
    const env = { ...process.env, CURL_HOME: folder, ANNEAL: inject("origin"), DEPLOYED: deployed.origin };
    spawnSync("bash", ["-c", commands.join("")], { cwd: folder, env });
  });

  afterAll(async () => {
    await deployed?.stop();
  });

  const read = (name: string): string => readFileSync(join(folder, name), "utf8");

  /** The sentence of a problem where the step expects one, the key where it expects that. */
  function detailOf(answer: string, expected: string): string {
    if (!/problem\+json \S/.test(expected)) return "";
    const { detail, key } = JSON.parse(answer);
    return expected.includes(" key=") ? ` key=${key}` : ` ${detail}`;
  }

  it.each(steps.map((step, i) => [step.command, step.expected, i] as const))("%s", (_, expected, i) => {
    expect(read(`exit.${i}`)).toBe("0\n");
    if (expected === undefined) return;
    const told = new Set(read(`err.${i}`).trim().split("\n"));
    expect([...told].map((line) => `${line.trim()}${detailOf(read(`out.${i}`), expected)}`)).toEqual(expected.split(", then "));
  });

  it("goes through every route and option of the contract", async () => {
    type Parameters = readonly { readonly name: string; readonly in: string }[];
    const { paths } = (await (await fetch(`${inject("origin")}/openapi.json`)).json()) as {
      readonly paths: Readonly<Record<string, { readonly get: { readonly parameters?: Parameters } }>>;
    };
    const commands = steps.map(({ command }) => command).join("\n");
    for (const path of Object.keys(paths)) {
      const pattern = path.replaceAll(/[.*+?^$()[\]\\]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/\\s]+?");
      expect(commands, path).toMatch(new RegExp(`\\$ANNEAL${pattern}["?]`));
    }
    const parameters = Object.values(paths).flatMap(({ get }) => get.parameters ?? []);
    for (const { name } of parameters.filter((parameter) => parameter.in === "query"))
      expect(commands, name).toMatch(new RegExp(`[?&]${name}=`));
  });

  it("has a Worker that draws", async () => {
    const own = mkdtempSync(join(ROOT, "dist/worker-")); // inside the package, so that its own name leads to it
    const [, config] = api.split("\n### In a Worker")[1].split("\n```toml\n");
    writeFileSync(join(own, "worker.ts"), EXAMPLES.worker);
    writeFileSync(join(own, "wrangler.toml"), config.split("```")[0]);
    const worker = await startExample({ config: join(own, "wrangler.toml"), dev: { server: { port: 0 }, inspector: false } });
    try {
      const response = await worker.fetch("http://localhost/?seed=alice");
      const drawn = Buffer.from(await response.arrayBuffer()); // at once: undici cancels it when miniflare's own response is collected
      const model = await openModel(join(ROOT, "wasm-model/models/pixels"));
      const png = (await sample(model, { seed: "alice", class: "robot" })).png();
      expect(response.headers.get("Content-Type")).toBe("image/png");
      expect(drawn.equals(png)).toBe(true);
    } finally {
      await worker.dispose();
      rmSync(own, { recursive: true });
    }
  });
});
