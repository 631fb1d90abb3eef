import type { Page } from "playwright";

/** Has the page laid out to its end, as someone who scrolls sees it: what is far below waits for that (site/styles/frame.css). */
export const layOutAll = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const style = new CSSStyleSheet();
    style.replaceSync("main > section, .operation, footer { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(style);
  });
