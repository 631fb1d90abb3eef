/**
 * What the Worker's process uses, as the system counts it. Linux only. The development server runs two workerd: one for the Worker, and one as its proxy, which
 * is no part of what is deployed and never has as much to do.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of CPU that it spends on `work`. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = cpuTime();
  await work();
  return cpuTime() - before;
}

/** Milliseconds of CPU that it has spent so far. */
export const cpuTime = (): number => Math.max(...workerds().map(cpuTimeOf));

/** Bytes of memory that it holds (RSS). */
export function memory(): number {
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

/** Ids of the workerd processes that this process has started, at any depth. */
function workerds(): string[] {
  const processes = new Map<string, { name: string; parent: string }>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      processes.set(pid, { name, parent });
    } catch {} // it ended meanwhile
  }
  const isMine = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isMine(processes.get(pid)?.parent));
  return [...processes].filter(([pid, { name }]) => name.startsWith("workerd") && isMine(pid)).map(([pid]) => pid);
}
