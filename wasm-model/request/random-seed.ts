/** A seed for those who ask for none: eight hexadecimal digits. (`crypto.randomUUID` does not exist on pages served without TLS.) */
export const randomSeed = (): string => crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16).padStart(8, "0");
