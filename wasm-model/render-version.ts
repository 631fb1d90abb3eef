/**
 * Raised whenever the same model and options give other bytes than before, and never else: it is part of every permanent URL (`modelVersion`), and
 * `npm run golden` insists on it.
 */
export const RENDER_VERSION = 2;
