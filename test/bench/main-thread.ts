/** What holds up a page's main thread, from Chromium's own trace. */
import type { Browser, Page } from "playwright";

export interface LongTask {
  /** Milliseconds by the clock, and of the processor: the rest is waiting for a core. */
  readonly duration: number;
  readonly cpu: number;
  /** The most that it did, with milliseconds of the processor. */
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

export const startTrace = (browser: Browser, page: Page): Promise<void> => browser.startTracing(page, { categories: CATEGORIES });

/** The tasks of more than so many milliseconds in the process that loaded pages of `origin`, longest first. */
export async function stopTrace(browser: Browser, origin: string, threshold: number): Promise<LongTask[]> {
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  const pid = traceEvents.find(({ name, args }) => name === "CommitLoad" && args.data?.url?.startsWith(origin))?.pid;
  const main = traceEvents.find((event) => event.pid === pid && event.name === "thread_name" && event.args.name === "CrRendererMain");
  const own = traceEvents.filter(({ ph, tid, ...event }) => ph === "X" && event.pid === pid && tid === main?.tid);
  return own
    .filter(({ name, dur = 0 }) => name === TASK && dur > 1000 * threshold)
    .sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0))
    .map((task) => ({ duration: (task.dur ?? 0) / 1000, cpu: (task.tdur ?? 0) / 1000, parts: partsOf(task, own) }));
}

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
  return [name, functionName, file].filter(Boolean).join(" ");
}
