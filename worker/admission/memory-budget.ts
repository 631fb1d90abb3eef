/**
 * The isolate's memory, divided between clients. An answer takes room for all that it may hold before anything is read or drawn for it, and keeps it until it has been
 * read, so that neither many large answers at once nor answers that nobody reads can exceed it.
 */

/** Bytes, of the 128 MB that an isolate has: the rest is for code, models (models/ready.ts), cached files (pictures/cache.ts) and garbage. */
export const ROOM = 28_000_000;

/** Milliseconds after which one that gave no sign of life, since the platform ended it without notice, gives up its room. */
const FORGOTTEN = 120_000;

export class Room {
  readonly #holds = new Set<Hold>();

  /**
   * Room of so many bytes. Undefined if with it the client would have more than it leaves for all others; where nobody has any, it may have as much as it likes.
   */
  take(client: string, bytes: number): Hold | undefined {
    const now = Date.now();
    if (!this.#fits(client, bytes)) for (const hold of this.#holds) if (now - hold.seen > FORGOTTEN) hold.release();
    if (!this.#fits(client, bytes)) return undefined;
    const hold: Hold = { client, bytes, seen: now, release: () => this.#holds.delete(hold) };
    this.#holds.add(hold);
    return hold;
  }

  #fits(client: string, bytes: number): boolean {
    let [own, all] = [0, 0];
    for (const hold of this.#holds) {
      all += hold.bytes;
      if (hold.client === client) own += hold.bytes;
    }
    return all === 0 || own + bytes <= ROOM - all - bytes;
  }
}

/** What an answer holds. */
export interface Hold {
  readonly client: string;
  readonly bytes: number;
  /** When it last gave a sign of life. */
  seen: number;
  /** To be called at the end and when the client disconnects, whichever is first. */
  release(): void;
}
