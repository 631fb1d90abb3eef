/** URL of the server, with a slash at its end: the folder that /assets/ is in, wherever it is mounted. */
export const SERVER = new URL("../", import.meta.url);
