/** What holds up a page's main thread, from Chromium's own trace. */
import type { CDPSession } from "puppeteer-core";

export interface Task {
  /** Milliseconds by the clock, and of the processor: the rest is waiting, on a busy machine for a core. */
  readonly duration: number;
  readonly cpu: number;
  /** What it did most, with milliseconds of the processor. */
  readonly parts: string;
}

/** Of the trace's format: microseconds; `tdur` is the thread's own time. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string; readonly data?: { readonly url?: string; readonly functionName?: string } };
}

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8"];
const TASK = "RunTask";
/** How many parts of a task are named. */
const PARTS = 3;

/** Of the page of `session`. Returns what ends it, with the tasks of the process that loaded `url`, longest first. */
export async function trace(session: CDPSession, url: string): Promise<() => Promise<Task[]>> {
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as TraceEvent[])));
  await session.send("Tracing.start", { traceConfig: { includedCategories: CATEGORIES } });
  return async () => {
    const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    await complete;
    session.removeAllListeners("Tracing.dataCollected");
    return tasksOf(events, url);
  };
}

function tasksOf(traceEvents: readonly TraceEvent[], url: string): Task[] {
  const pid = traceEvents.find(({ name, args }) => name === "CommitLoad" && args.data?.url?.startsWith(url))?.pid;
  const main = traceEvents.find((event) => event.pid === pid && event.name === "thread_name" && event.args.name === "CrRendererMain");
  const own = traceEvents.filter(({ ph, tid, ...event }) => ph === "X" && event.pid === pid && tid === main?.tid);
  return own
    .filter(({ name }) => name === TASK)
    .sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0))
    .map((task) => ({
      duration: (task.dur ?? 0) / 1000,
      cpu: (task.tdur ?? 0) / 1000,
      get parts() {
        return partsOf(task, own);
      },
    }));
}

/** In words: "120 ms, 98 of the processor: Layout 50, UpdateLayoutTree 30, Paint 8". */
export const inWords = ({ duration, cpu, parts }: Task): string =>
  `${duration.toFixed(0)} ms, ${cpu.toFixed(0)} of the processor: ${parts}`;

/** Each event's time without that of the events inside it, summed by kind. */
function partsOf(task: TraceEvent, events: readonly TraceEvent[]): string {
  const end = (event: TraceEvent) => event.ts + (event.dur ?? 0);
  const inside = events.filter((event) => event.ts >= task.ts && end(event) <= end(task)).sort((a, b) => a.ts - b.ts || end(b) - end(a));
  const sums = new Map<string, number>();
  const add = (event: TraceEvent, time: number) => sums.set(kindOf(event), (sums.get(kindOf(event)) ?? 0) + time / 1000);
  const around: TraceEvent[] = [];
  for (const event of inside) {
    while (around.length > 0 && end(around[around.length - 1]) <= event.ts) around.pop();
    const parent = around.at(-1);
    if (parent) add(parent, -(event.tdur ?? 0));
    add(event, event.tdur ?? 0);
    around.push(event);
  }
  const most = [...sums].sort((a, b) => b[1] - a[1]).slice(0, PARTS);
  return most.map(([kind, time]) => `${kind} ${time.toFixed(0)}`).join(", ");
}

function kindOf({ name, args }: TraceEvent): string {
  const { functionName, url } = args.data ?? {};
  const file = url?.slice(url.lastIndexOf("/") + 1);
  return name === TASK ? "the browser's own" : [name, functionName, file].filter(Boolean).join(" ");
}
