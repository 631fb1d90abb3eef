/** Why there is no image, in sentences for visitors, and what they can do about it. */

export class VisitorError extends Error {}

/** It may go well another time: the network, the server or the model's download failed. */
export class TryAgainError extends VisitorError {}

/** Images are there, but no file of them. */
export class FileError extends TryAgainError {}

/** What to tell visitors about an error: its own sentence, or this one. The console has the details. */
export function errorSentence(error: unknown, otherwise = "This device cannot draw it."): string {
  if (error instanceof VisitorError) return error.message;
  console.warn(error);
  return otherwise;
}

/** Shows a sentence, with a button to try again if there is something to try. */
export type Say = (sentence: string, again?: () => void) => void;

/** The result of `ask`. Each time it fails, `say` tells why and offers to try again. */
export async function askUntilAnswered<T>(ask: () => Promise<T>, say: Say): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      await new Promise<void>((again) => say(errorSentence(error), again));
    }
  }
}
