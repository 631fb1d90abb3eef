/** A seed for requests without one: one of 2^32, short enough to read aloud. */
export const randomSeed = (): string => crypto.randomUUID().slice(0, 8);
