/** The rule for names of models: they become folders, files' metadata and segments of URLs. */
export const LONGEST_NAME = 64;

export const isModelName = (text: string): boolean => text.length <= LONGEST_NAME && /^[a-z0-9][a-z0-9._-]*$/.test(text);

/** What a name is, in words. */
export const MODEL_NAME = `at most ${LONGEST_NAME} small letters, digits and . _ - behind a letter or digit, as a part of a URL,`;
