import { html } from "hono/html";
import type { Html } from "./layout.ts";

/** A text in which code stands between backticks. */
export const withCode = (text: string): Html[] =>
  text.split("`").map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
