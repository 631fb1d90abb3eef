/**
 * Shared by the verbs of `anneal` that are programs of worker/. `training/worker.ts` parses their flags and starts
 * them.
 */
import { FolderError } from "./folders.ts";

/** The settings that the command line passes on. */
export const settings = <T>(): T => JSON.parse(process.argv[2]) as T;

/** Ends the process after a user's mistake: one line, exit code 2. */
export function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** The result of `work`; a `FolderError` ends the process. */
export async function orFail<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FolderError) return fail(error.message);
    throw error;
  }
}
