/** What images cost on Cloudflare Workers: published prices of the Paid plan (developers.cloudflare.com/workers/platform/pricing, read in November 2026). */

/** US dollars for a million requests, and for a million milliseconds of CPU, beyond the 10 and 30 millions that the plan's 5 dollars a month include. */
const REQUESTS = 0.3;
const CPU = 0.02;

/** US dollars for a million requests that take so many milliseconds of CPU each. */
const million = (milliseconds: number): string => `$${(REQUESTS + CPU * milliseconds).toFixed(2)}`;

/** A table in Markdown. Milliseconds of CPU: of a new image, of one that the isolate still has. */
export function costTable(drawn: number, kept: number): string {
  const row = (what: string, milliseconds: number) => `| ${what} | ${milliseconds.toFixed(1)} ms | ${million(milliseconds)} |`;
  return [
    "| a million answers | CPU each | cost |",
    "|---|---|---|",
    row("new images, with the default options", drawn),
    row("half new, half kept by the isolate", (drawn + kept) / 2),
    row("images that the isolate kept, or 304", kept),
    "| images that a browser or a CDN kept (`immutable`) | none | $0 |",
  ].join("\n");
}
