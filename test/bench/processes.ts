/** What the workerd processes below this one use, as the system counts it. Linux only. */
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of CPU that all workerd processes below this one spend on `work`. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = cpuTime();
  await work();
  return cpuTime() - before;
}

/** Milliseconds of CPU that they have spent so far: the first number of each thread's schedstat, in nanoseconds. */
export function cpuTime(): number {
  let nanoseconds = 0;
  for (const pid of workerds()) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    }
  }
  return nanoseconds / 1e6;
}

/** Ids of the workerd processes that this process has started, at any depth: wrangler runs one for the Worker and one as its proxy. */
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

/** Bytes of memory that they hold (RSS). */
export function memory(): number {
  const kilobytes = workerds().map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0));
  return 1024 * kilobytes.reduce((sum, value) => sum + value, 0);
}
