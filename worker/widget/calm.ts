/** Whether nothing may move that need not. */
export const prefersCalm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
