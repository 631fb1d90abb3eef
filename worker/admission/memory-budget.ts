/**
 * The isolate's memory, divided between clients. An answer takes room for all that it may hold before anything is read
 * or drawn for it, and keeps it until it has been read, so that neither many large answers at once nor answers that
 * nobody reads can exceed it.
 */

/**
 * Bytes, of the 128 MB that an isolate has: the rest is for code, models (models/ready.ts), cached files
 * (pictures/cache.ts) and garbage.
 */
export const MEMORY = 28_000_000;

/**
 * Milliseconds after which one that gave no sign of life, since the platform ended it without notice, gives up its
 * memory.
 */
const FORGOTTEN = 120_000;

export class MemoryBudget {
  readonly #reservations = new Set<Reservation>();

  /**
   * Memory of so many bytes. Undefined if with it the client would have more than it leaves for all others; where
   * nobody has any, it may have as much as it likes.
   */
  reserve(client: string, bytes: number): Reservation | undefined {
    const now = Date.now();
    if (!this.#fits(client, bytes))
      for (const reservation of this.#reservations) if (now - reservation.seen > FORGOTTEN) reservation.release();
    if (!this.#fits(client, bytes)) return undefined;
    const reservation: Reservation = { client, bytes, seen: now, release: () => this.#reservations.delete(reservation) };
    this.#reservations.add(reservation);
    return reservation;
  }

  #fits(client: string, bytes: number): boolean {
    let [own, all] = [0, 0];
    for (const reservation of this.#reservations) {
      all += reservation.bytes;
      if (reservation.client === client) own += reservation.bytes;
    }
    return all === 0 || own + bytes <= MEMORY - all - bytes;
  }
}

/** What an answer holds. */
export interface Reservation {
  readonly client: string;
  readonly bytes: number;
  /** When it last gave a sign of life. */
  seen: number;
  /** To be called at the end and when the client disconnects, whichever is first. */
  release(): void;
}
