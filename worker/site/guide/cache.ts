import { html } from "hono/html";
import { CACHEABLE, IMMUTABLE, UNREPEATABLE } from "../../http/caching.ts";
import { example, type GuidePage, permanentAddress, table } from "./layout.ts";

export const cache: GuidePage = {
  slug: "cache",
  title: "Cache and cost",
  summary: "What is cached where and for how long, what a request costs, and how to pay for each image at most once.",
  body: (context) => {
    const { origin, base, model } = context;
    return html`
      <h2>Which answers are cached</h2>
      ${table({
        head: ["request", "Cache-Control"],
        rows: [
          ["`/v1/{model}@{version}/{seed}.{format}`", `\`${IMMUTABLE}\``],
          ["`/v1/{model}/{seed}.{format}`, `/sample?seed=...`", `\`${CACHEABLE}\``],
          ["`/sample` without a seed, uploads, errors", `\`${UNREPEATABLE}\``],
        ],
      })}
      <p>
        An address with a version is cached by browsers and CDNs for a year, so repeated views cost nothing. Other addresses have an <code>ETag</code>, and a browser asks whether the
        image has changed. Answering costs no network evaluation, since the tag is computed from the options.
      </p>
      ${example(
        "sh",
        `TAG=$(curl -s -o /dev/null -w "%header{etag}" "${origin}/sample?seed=alice")
curl -s -o /dev/null -w "%{response_code}\\n" -H "If-None-Match: $TAG" "${origin}/sample?seed=alice"`,
      )}
      <h2>What a request costs</h2>
      <p>
        An image costs network evaluations: the header <code>X-NFE</code> says how many, ${model.card.sampling.steps} by default. Fewer <code>steps</code> cost less, <code>guidance</code>
        doubles the cost, and a grid (<code>n</code>) costs as much as its images. <code>HEAD</code> tells the cost without drawing. <code>Server-Timing</code> says whether an answer came
        from a cache.
      </p>
      ${example("sh", `curl -s -I "${origin}/sample?seed=alice&steps=4&n=9" | grep -i "^x-nfe"`)}
      <p>
        A server limits the cost of a request (400), a client's work in progress (503) and what it may spend (429). The header <code>X-Cost</code> has the cost. With 503 and 429,
        <code>Retry-After</code> says how many seconds to wait. <code>worker/DEPLOY.md</code> in the source code says what a million images cost.
      </p>
      <h2>How to pay less</h2>
      <ul class="steps">
        <li>Use addresses with a version. Images that are cached in a browser or a CDN cost you nothing.</li>
        <li>Use few sizes: every cache keeps each size separately. Browsers enlarge without blur with <code>image-rendering: pixelated</code>.</li>
        <li>Let the <a href="${base}/guide/widget">widget</a> draw on your visitors' devices. The network and its script are static files that browsers keep.</li>
        <li>Draw a fixed set once, and serve the files from anywhere.</li>
      </ul>
      ${example(
        "sh",
        `for SEED in alice bob carol; do
  curl -s -o "$SEED.png" "${permanentAddress(context, "$SEED.png")}?size=112"
done`,
      )}`;
  },
};
