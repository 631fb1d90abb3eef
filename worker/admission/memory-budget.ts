/**
 * Divides the isolate's memory between clients. Before anything is read or drawn for an answer, it reserves all the
 * memory that it may need. It keeps it until the answer has been read. So neither many large answers at once nor
 * answers that nobody reads can exceed the budget.
 */

/**
 * Bytes, of the 128 MB that an isolate has: the rest is for code, models (models/ready.ts), cached files
 * (images/cache.ts) and garbage.
 */
export const MEMORY = 28_000_000;

/**
 * Milliseconds without a sign of life after which an answer loses its reservation: the platform has ended it without
 * notice.
 */
const FORGOTTEN = 120_000;

export class MemoryBudget {
  readonly #reservations = new Set<Reservation>();

  /**
   * Reserves this many bytes. Undefined if the client would then have more than it leaves for all others. If nobody has
   * a reservation, it may have any amount.
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

/** The memory that an answer holds. */
export interface Reservation {
  readonly client: string;
  readonly bytes: number;
  /** When it last gave a sign of life. */
  seen: number;
  /** Call it at the end or when the client disconnects, whichever is first. */
  release(): void;
}
