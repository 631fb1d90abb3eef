/** Timing of things that take turns, so that what else the machine does hits all alike. */

export interface Timing {
  /** Milliseconds of the fastest call: what the machine can do when nothing else interrupts. */
  readonly best: number;
  readonly median: number;
}

/** Calls each function in turn, `rounds` times, for about `milliseconds` each time; every call is timed by itself. */
export async function interleaved(
  functions: ReadonlyMap<string, () => unknown>,
  { rounds = 12, milliseconds = 25 } = {},
): Promise<Map<string, Timing>> {
  const times = new Map<string, number[]>([...functions.keys()].map((name) => [name, []]));
  for (const run of functions.values()) for (let i = 0; i < 20; i++) await run(); // compilers warm up
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of functions) {
      const end = performance.now() + milliseconds;
      while (performance.now() < end) times.get(name)?.push(await timed(run));
    }
  }
  return new Map(
    [...times].map(([name, values]) => {
      values.sort((a, b) => a - b);
      return [name, { best: values[0], median: values[values.length >> 1] }];
    }),
  );
}

/** Milliseconds of one call. */
async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  const result = run();
  if (result instanceof Promise) await result;
  return performance.now() - start;
}
