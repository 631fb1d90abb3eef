import { html } from "hono/html";
import { MODELS_PATH } from "../../models/entry.ts";
import { example, exampleClass, type GuidePage, live, permanentAddress } from "./layout.ts";

export const avatars: GuidePage = {
  slug: "avatars",
  title: "Avatars for accounts",
  summary: "An image for every account, without storage: which seed to use, how similar images can be, and how to keep them the same.",
  body: ({ origin, base, firstLook: model }) => {
    const permanent = (file: string) => permanentAddress({ origin, model }, file);
    const { inQuery } = exampleClass({ model });
    const size = 3 * model.card.spec.width; // shown half as large: sharp on dense screens
    const accounts = (query: string) =>
      live(
        ["5f2b0c7d", "8d10e3a4", "c3f7961b", "0b6ad25e"]
          .map((seed) => `<img src="${permanent(`${seed}.png`)}?${query}size=${size}" alt="" width="${size / 2}" height="${size / 2}">`)
          .join("\n"),
      );
    return html`
      <p>Avatars need no storage: the address is enough to draw one.</p>
      ${accounts("")}
      <p>The seed chooses the class too, unless the address names one:</p>
      ${accounts(`class=${inQuery}&amp;`)}
      <h2>Which seed</h2>
      <p>
        Use the account's permanent identifier, not its name. Everyone who sees the page can read the address. If identifiers are private or can be guessed, derive the seed
        from them with a secret.
      </p>
      ${example(
        "js",
        `import { createHmac } from "node:crypto";

const secret = process.env.AVATAR_SECRET;
if (!secret) throw new Error("Expected a secret for AVATAR_SECRET but received none");

/** The same seed for the same account; nobody can tell the account from it. */
const seedOf = (account) => createHmac("sha256", secret).update(account).digest("hex").slice(0, 32);

console.log(\`${permanent(`\${seedOf("account 4711")}.png`)}?size=${size}\`);`,
      )}
      <p>
        Two seeds are the same if they have the same code points. Seeds are not normalized: <code>é</code> as one code point and as <code>e</code> with an accent are two seeds, and so
        are <code>Alice</code> and <code>alice</code>. The rules of normalization grow with each version of Unicode, so normalized seeds would not give the same image
        on every host. If your seeds are names that people type, normalize them yourself:
      </p>
      ${example(
        "js",
        `const seedOf = (name) => name.normalize("NFC").trim().toLowerCase();

console.log(\`${origin}/v1/${model.name}/\${encodeURIComponent(seedOf("Ame\\u0301lie "))}.png\`);`,
      )}
      <h2>How many images there are</h2>
      <p>
        Two accounts may have images that look alike. How soon depends on the model. Among 30 000 images of <code>avatars</code> no two are identical, but 16 904 pairs differ by at most
        12 of 255 grey levels (root mean square) and look alike; the most alike are planets of one colour. That is as if the model drew some 27 000 distinct images: among 192 accounts,
        two look alike as likely as not. This command tells it of any model:
      </p>
      ${example("sh", "npx anneal evaluate wasm-model/models/avatars/model.onnx")}
      <p>
        An image is no proof of identity. Always show the name beside it, and leave <code>alt</code> empty.
      </p>
      <h2>How they stay the same</h2>
      <p>
        An address with the model's version never gives other bytes. Keep the version in your configuration, not in every account, so that you decide when images change. The current
        version of each model is in <code>${MODELS_PATH}</code>, and in the header <code>Content-Location</code> of every answer.
      </p>
      ${example("sh", `curl -s -o /dev/null -w "%header{content-location}\\n" "${origin}/v1/${model.name}/5f2b0c7d.png?size=${size}"`)}
      <h2>When the server is away</h2>
      <p>
        The <a href="${base}/guide/widget">widget</a> draws the same images on the visitor's device. After the first visit it needs no server. Or draw the images once and keep the files:
      </p>
      ${example("sh", `curl -s -o 5f2b0c7d.png "${permanent("5f2b0c7d.png")}?size=${size}"`)}`;
  },
};
