/** The hosts of worker/DEPLOY.md: the packed package on each of them, as that page says. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { readGolden } from "../golden/golden.ts";
import { finished, killGroup, refused, untilPrinted } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { hostChecks } from "../support/host-checks.ts";
import { commandsIn, EXAMPLES, installInto, PROMETHEUS, packInto, pinned } from "../support/packed.ts";
import { freePort } from "../support/start-worker.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = temporaryFolder("hosts");
const inFolder = (...parts: string[]): string => join(folder, ...parts);

/** wrangler is this repository's; everything else is installed here. */
const ENV = {
  ...process.env,
  PATH: [dirname(process.execPath), join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter),
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};
const { succeed } = commandsIn(ENV);

/** Runs a server in the folder until the tests of this `describe` are done; the address of the service at `/images`. */
function server(cwd: () => string, command: (port: number) => readonly string[]): () => string {
  let base = "";
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    const port = await freePort();
    const [program, ...args] = command(port);
    base = `http://127.0.0.1:${port}/images`;
    const env = { ...ENV, PORT: String(port) };
    child = spawn(program, args, { cwd: cwd(), env, detached: true, stdio: ["ignore", "inherit", "inherit"] });
    while (!(await fetch(`${base}/health`).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error(`Expected ${program} to serve but it ended`);
      await setTimeout(200);
    }
  });
  afterAll(() => child && killGroup(child));
  return () => base;
}

beforeAll(async () => {
  const tarball = await packInto(folder, succeed);
  const path = await installInto(servers(), succeed, tarball, ...["hono", "@hono/node-server"].map(pinned), "node@24", ...PROMETHEUS);
  writeFileSync(join(path, "app.ts"), EXAMPLES.app);
  writeFileSync(join(path, "server.ts"), EXAMPLES.server);
  await succeed(path, "npx", "anneal", "new", "my-edge");
  symlinkSync(join(path, "node_modules"), join(path, "my-edge/node_modules"));
});

const servers = (): string => inFolder("servers");
const edge = (): string => inFolder("servers/my-edge");
const bin = (name: string): string => inFolder("servers/node_modules/.bin", name);

describe("Node", () => hostChecks(server(servers, () => [process.execPath, "server.ts"])));

describe("Prometheus", () => {
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    writeFileSync(join(servers(), "metrics.ts"), EXAMPLES.metrics.replace("9464", String(port)));
  });
  const base = server(servers, () => [process.execPath, "metrics.ts"]);

  it("has requests and seconds without a route, and the cost by model", async () => {
    const drawn = await fetch(`${base()}/sample?seed=7`);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const line of [
      `anneal_macs_total{model="${DEFAULT_MODEL}",type="drawn"} ${drawn.headers.get("X-Cost")}`,
      'http_requests_total{method="GET",route="",status="200",ok="true"} ',
      'http_request_duration_seconds_sum{method="GET",route="",status="200",ok="true"} ',
    ])
      expect(metrics).toContain(line);
    expect((await fetch(new URL("/metrics", base()))).status).toBe(404);
  });
});

describe("Node 26", () => {
  beforeAll(() => installInto(inFolder("newest"), succeed, "node@26"));
  const base = server(servers, () => [inFolder("newest/node_modules/.bin/node"), "server.ts"]);
  hostChecks(base);

  it("goes on when clients leave without reading its files", async () => {
    const { port } = new URL(base());
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("GET /images/embed.js HTTP/1.1\r\nHost: x\r\n\r\n".repeat(300));
    await setTimeout(3000); // until both ends of the connection are full
    socket.destroy();
    for (let i = 0; i < 60; i++) expect((await fetch(`${base()}/sample?seed=unread-${i}&n=4`)).status).toBe(200); // so that garbage is collected
  });
});

describe("Cloudflare Workers", () => {
  beforeAll(() => {
    const source = join(edge(), "src/index.ts");
    writeFileSync(source, readFileSync(source, "utf8").replace('app.route("/",', 'app.route("/images",'));
  });

  const command = (port: number) => ["wrangler", "dev", "--ip", "127.0.0.1", "--inspector-port", "0", "--port", String(port)];
  hostChecks(server(edge, command));
});

/** The Dockerfile's steps, one by one, where no Docker is: its files are copied and its commands run in a folder. */
describe("Docker", () => {
  const image = inFolder("image");
  const said: Record<string, string> = {};
  let port: number;
  /** Nobody's, where this test may choose; otherwise nobody may write into the folder, this user neither. */
  const rights = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  /** Starts the command of HEALTHCHECK or CMD. */
  const start = (name: string, more: Readonly<Record<string, string>> = {}) => {
    const [, ...words] = JSON.parse(said[name].slice(said[name].indexOf("["))) as string[];
    const variables = said.ENV.split(" ").map((word) => word.split("="));
    const env = { ...Object.fromEntries(variables), PORT: String(port), ...more };
    return spawn(bin("node"), words, { cwd: image, env, stdio: ["ignore", "pipe", "pipe"], ...rights });
  };
  /** The status of the answer to a request with these lines. */
  async function statusOf(lines: string): Promise<number> {
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.write(`${lines}\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [string];
    socket.destroy();
    return Number(answer.split(" ")[1]);
  }
  const exitOf = async (child: ChildProcess): Promise<unknown> => (await once(child, "exit"))[0];

  beforeAll(async () => {
    const context = inFolder("context");
    mkdirSync(context);
    const sent = [...readFileSync(join(edge(), ".dockerignore"), "utf8").matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    await succeed(edge(), "bash", "-c", `cp -r Dockerfile $(ls -d ${sent.join(" ")} 2> /dev/null) ${context}`);
    await succeed(context, "npm", "install", "--package-lock-only", "--prefer-offline", "--no-audit", "--no-fund");
    const inImage = commandsIn({ ...ENV, PATH: [dirname(bin("node")), ENV.PATH].join(delimiter), npm_config_prefer_offline: "true" });
    mkdirSync(image);
    for (const [, name, rest] of readFileSync(join(context, "Dockerfile"), "utf8").matchAll(/^([A-Z]+) (.+)$/gm)) {
      said[name] = rest;
      if (name === "COPY") await succeed(context, "bash", "-c", `cp -r ${rest.replace(/ (\S+)$/, ` ${image}/$1`)}`);
      if (name === "RUN") await inImage.succeed(image, "bash", "-c", rest);
    }
    await succeed(folder, "chmod", "-R", "a-w", image);
    chmodSync(folder, 0o755); // others may enter it
    port = await freePort();
  });

  afterAll(() => succeed(folder, "chmod", "-R", "u+w", image));

  it("draws without privileges and without writing, is healthy meanwhile, and ends when told to", async () => {
    expect(await exitOf(start("HEALTHCHECK"))).toBe(1);
    const child = start("CMD", { DRAIN: "0" });
    const printed = text(child.stdout);
    while ((await exitOf(start("HEALTHCHECK"))) !== 0) expect(child.exitCode).toBeNull();
    const answer = await fetch(`http://127.0.0.1:${port}/sample?seed=0`);
    expect(sha256Hex(await answer.bytes())).toBe(readGolden().images["seed=0"].png);
    expect(await statusOf("GET /health HTTP/1.0"), "as a proxy may ask that knows no host").toBe(200);
    expect(await statusOf(`GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: x`)).toBe(414);
    const silent = connect(port, "127.0.0.1").on("error", () => undefined);
    await once(silent, "connect");
    child.kill("SIGTERM");
    expect(await Promise.race([exitOf(child), setTimeout(8000, "late")])).toBe(0);
    const lines = (await printed)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ type: "drawn", route: "/sample", model: DEFAULT_MODEL, status: 200 }));
  });

  it("loses no request behind a proxy that looks at its health, when it is told to end", async () => {
    const ports = [port, await freePort()];
    const children = ports.map((own) => start("CMD", { PORT: String(own), LOG: "false", DRAIN: "2" }));
    const at = (other: number, path: string) => fetch(`http://127.0.0.1:${ports[other]}${path}`);
    for (const [other, child] of children.entries()) {
      for (; !(await at(other, "/health").catch(() => undefined))?.ok; await setTimeout(100)) expect(child.exitCode).toBeNull();
    }
    const ended = exitOf(children[0]);
    const statuses: number[] = [];
    let target = 0;
    const health = setInterval(async () => {
      if (!(await at(0, "/health").catch(() => undefined))?.ok) target = 1;
    }, 100);
    for (let i = 0; i < 1000; i += 10) {
      if (i === 200) children[0].kill("SIGTERM");
      if (i === 900) await ended;
      statuses.push(
        ...(await Promise.all(Array.from({ length: 10 }, async (_, k) => (await at(target, `/sample?seed=${(i + k) % 50}`)).status))),
      );
    }
    clearInterval(health);
    expect([target, children[0].exitCode, statuses.filter((status) => status === 200).length]).toEqual([1, 0, 1000]);
    children[1].kill("SIGKILL");
  });

  it.each([
    ["PORT", "http", /^Expected a whole number from 0 to 65535 for PORT but received "http"\n$/],
    ["TRUST_PROXY", "yes", /^Expected a whole number from 0 to 16 for TRUST_PROXY but received "yes"\n$/],
    ["BUDGET", "5", /^Expected at least \d+ multiply-accumulates.* for `budget` but received 5.*\n$/],
  ])("ends with one line for %s=%s", async (name, value, line) => {
    expect(await refused(finished(start("CMD", { [name]: value })))).toMatch(line);
  });

  it("prints its address, and ends with one line where another has the port", async () => {
    const first = start("CMD", { PORT: "0" });
    const [, taken] = await untilPrinted(
      first,
      /^Anneal is at http:\/\/localhost:(\d+)\/, and at port \1 of this machine's other addresses\n$/,
    );
    expect(await refused(finished(start("CMD", { PORT: taken })))).toMatch(
      new RegExp(`^Expected a free port for PORT but received ${taken}: .*EADDRINUSE.*\n$`),
    );
    first.kill("SIGTERM");
    expect(await exitOf(first)).toBe(0);
  });
});
