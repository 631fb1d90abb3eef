/** Token buckets of cost: what each client may spend on average, and at once. */
import { LRUCache } from "lru-cache";

/** Seconds. A client may at once spend what it regains in this time. */
export const BURST = 60;

/**
 * The most bytes for remembering clients. Beyond that, the client that spent longest ago is forgotten and has a full
 * bucket again.
 */
const MAX_BYTES = 524_288;

/** Bytes that a client takes besides its name, which takes two for each character. */
const DEBT_BYTES = 108;

/** What a client has spent and not yet regained, at a time in milliseconds. */
interface Debt {
  readonly cost: number;
  at: number;
}

export class TokenBuckets {
  readonly #debts = new LRUCache<string, Debt>({
    maxSize: MAX_BYTES,
    sizeCalculation: (_, client) => DEBT_BYTES + 2 * client.length,
  });

  /**
   * Spends `cost` and returns 0, or spends nothing and returns the seconds until the client may spend that much.
   * `rate`: what it regains per second. A client without debt may spend any cost.
   */
  spend(client: string, cost: number, rate: number, now: number): number {
    const debt = this.#debtOf(client, rate, now);
    const excess = debt + cost - BURST * rate;
    if (debt > 0 && excess > 0) return Math.ceil(excess / rate);
    this.#debts.set(client, { cost: debt + cost, at: now });
    return 0;
  }

  /** Gives back what was spent on work that was not done. */
  refund(client: string, cost: number): void {
    const debt = this.#debts.get(client);
    if (debt) this.#debts.set(client, { ...debt, cost: Math.max(0, debt.cost - cost) });
  }

  #debtOf(client: string, rate: number, now: number): number {
    const debt = this.#debts.get(client);
    if (!debt) return 0;
    debt.at = Math.min(debt.at, now); // a clock that was set back
    return Math.max(0, debt.cost - (rate * (now - debt.at)) / 1000);
  }
}
