/**
 * What benches measure by: the machine in words, and what the Worker's process uses, as the system counts it (Linux only).
 * The development server runs two workerd: one for the Worker, and one as its proxy, which is no part of what is deployed
 * and never has as much to do.
 */
import { readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { writeFileAtomically } from "../../training/cli/files.ts";

const processor = (): string => `${cpus()[0]?.model.trim()}, ${cpus().length} cores`;

/** The processor and what else it does: the average number of programs that ran in the last minute. */
export const machine = (): string => `${processor()}, load ${loadavg()[0].toFixed(1)}`;

/** Writes figures and the processor's name, as test/bench/figures has them for the README. */
export function writeFigures(path: string, figures: Readonly<Record<string, unknown>>): void {
  writeFileAtomically(path, `${JSON.stringify({ machine: processor(), ...figures }, null, 2)}\n`);
}

/**
 * What images cost on Cloudflare Workers, by the prices of the Paid plan
 * (developers.cloudflare.com/workers/platform/pricing, read in November 2026): US dollars for a million requests, and
 * for a million milliseconds of CPU, beyond the 10 and 30 millions that the plan's 5 dollars a month include.
 */
export const PRICE = { requests: 0.3, cpu: 0.02 };

/** US dollars for a million requests that take so many milliseconds of CPU each. */
export const million = (milliseconds: number): string => `$${(PRICE.requests + PRICE.cpu * milliseconds).toFixed(2)}`;

/** Milliseconds of CPU that the Worker spends on `work`. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = cpuTime();
  await work();
  return cpuTime() - before;
}

/** Milliseconds of CPU that it has spent so far. */
export const cpuTime = (): number => Math.max(...workerds().map(cpuTimeOf));

/** Bytes of memory that its process holds (RSS). */
export function residentMemory(): number {
  const [worker] = workerds().sort((a, b) => cpuTimeOf(b) - cpuTimeOf(a));
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker}/status`, "utf8"))?.[1] ?? 0);
}

/** The first number of each thread's schedstat, in nanoseconds, as milliseconds. */
function cpuTimeOf(pid: string): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  }
  return nanoseconds / 1e6;
}

/** Ids of the workerd processes that this process has started. */
const workerds = (): string[] =>
  processesBelow(process.pid)
    .filter(({ name }) => name.startsWith("workerd"))
    .map(({ pid }) => pid);

/** Bytes of memory of its own that the largest process below this one holds: a browser's page and its threads. */
export function memoryBelow(ancestor: number): number {
  const own = processesBelow(ancestor).map(({ pid }) => {
    try {
      return 1024 * Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    } catch {
      return 0; // it ended meanwhile
    }
  });
  return Math.max(0, ...own);
}

interface Process {
  readonly pid: string;
  readonly name: string;
}

/** The processes that another one has started, at any depth. */
function processesBelow(ancestor: number): Process[] {
  const processes = new Map<string, { name: string; parent: string }>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      processes.set(pid, { name, parent });
    } catch {} // it ended meanwhile
  }
  const isBelow = (pid: string): boolean => {
    const parent = processes.get(pid)?.parent;
    return parent !== undefined && (parent === String(ancestor) || isBelow(parent));
  };
  return [...processes].filter(([pid]) => isBelow(pid)).map(([pid, { name }]) => ({ pid, name }));
}
