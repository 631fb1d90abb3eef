/** A seed for those who ask for none: short enough to read aloud, one of four thousand million. */
export const randomSeed = (): string => crypto.randomUUID().slice(0, 8);
