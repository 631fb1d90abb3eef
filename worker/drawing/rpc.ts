/**
 * Calls to a Web Worker. A call has an argument, reports of its progress, and a result or an error at its end; its signal
 * aborts it. All that passes is cloned; an error arrives as an `Error` with its message and the fields that it has of its own.
 */

/** What a worker gets beside a call's argument. */
export interface CallOptions<Progress> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What a worker can be asked, by name. */
export type Calls = Readonly<Record<string, (argument: never, options: never) => Promise<unknown>>>;

export type Caller<C extends Calls> = <N extends keyof C & string>(
  name: N,
  argument: Parameters<C[N]>[0],
  options?: Partial<Parameters<C[N]>[1]>,
) => ReturnType<C[N]>;

/** A call. Without a name: aborts the call with this id. */
interface ToWorker {
  readonly id: number;
  readonly name?: string;
  readonly argument?: unknown;
}

type FromWorker = { readonly id: number } & (
  | { readonly progress: unknown }
  | { readonly result: unknown }
  | { readonly error: { readonly message: string } }
);

/** A `MessagePort`, a `Worker`, or a worker's global scope. */
export interface Port {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: ToWorker | FromWorker): void;
}

/** The worker's side: answers each call. */
export function answer(port: Port, calls: Calls): void {
  const aborts = new Map<number, AbortController>();
  port.onmessage = async ({ data: { id, name, argument } }: MessageEvent<ToWorker>) => {
    if (name === undefined) return aborts.get(id)?.abort();
    const abort = new AbortController();
    aborts.set(id, abort);
    const options = { signal: abort.signal, onProgress: (progress: unknown) => port.postMessage({ id, progress }) };
    try {
      port.postMessage({ id, result: await calls[name](argument as never, options as never) });
    } catch (error) {
      port.postMessage({ id, error: error instanceof Error ? { ...error, message: error.message } : { message: String(error) } });
    } finally {
      aborts.delete(id);
    }
  };
}

interface Pending {
  readonly onProgress: ((progress: never) => void) | undefined;
  resolve(result: never): void;
  reject(reason: unknown): void;
}

/**
 * The page's side. A call throws an `Error` or its signal's reason; `fail` ends all calls, and those that are made later, with a
 * reason.
 */
export function caller<C extends Calls>(port: Port): { readonly call: Caller<C>; fail(reason: unknown): void } {
  const pending = new Map<number, Pending>();
  let count = 0;
  let failure: { readonly reason: unknown } | undefined;
  port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    const call = pending.get(data.id);
    if ("progress" in data) call?.onProgress?.(data.progress as never);
    else if ("result" in data) call?.resolve(data.result as never);
    else call?.reject(Object.assign(new Error(data.error.message), data.error));
  };
  const call = (name: string, argument: unknown, { signal, onProgress }: Partial<CallOptions<never>> = {}): Promise<unknown> => {
    const id = count++;
    const abort = (): void => {
      port.postMessage({ id });
      pending.get(id)?.reject(signal!.reason);
    };
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (failure) throw failure.reason;
      pending.set(id, { onProgress, resolve, reject });
      signal?.addEventListener("abort", abort);
      port.postMessage({ id, name, argument });
    }).finally(() => {
      signal?.removeEventListener("abort", abort);
      pending.delete(id);
    });
  };
  return {
    call: call as unknown as Caller<C>,
    fail(reason) {
      failure = { reason };
      for (const { reject } of pending.values()) reject(reason);
    },
  };
}
