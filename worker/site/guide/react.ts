import { html } from "hono/html";
import { jsxAttributes } from "../../widget/declaration.ts";
import { example, exampleClass, type GuidePage } from "./layout.ts";

export const react: GuidePage = {
  slug: "react",
  title: "React",
  summary: "A component with the widget inside, rendered on the server or not.",
  body: (context) => {
    const { origin, base } = context;
    const { label, inQuery } = exampleClass(context);
    return html`
      <p>
        React 19 sets attributes and properties of custom elements as they are, so a component needs no package. Load the widget's script once, in the page's head:
      </p>
      ${example("html", `<script type="module" src="${origin}/embed.js"></script>`)}
      <p>
        The server's image is shown while the device draws, and before the script is there. The declaration at the top tells TypeScript of the element.
      </p>
      ${example(
        "tsx",
        `import { type DetailedHTMLProps, type HTMLAttributes, useState } from "react";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "anneal-sample": DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> & {
        ${jsxAttributes().join("\n        ")}
      };
    }
  }
}

export function Picture({ seed }: { readonly seed: string }) {
  const image = \`${origin}/sample?\${new URLSearchParams({ seed, class: "${label}", size: "112" })}\`;
  return (
    <anneal-sample seed={seed} label="${label}" loading="lazy" alt="">
      <img src={image} alt="" width={112} height={112} />
    </anneal-sample>
  );
}

export function Chooser() {
  const [seed, setSeed] = useState("alice");
  return (
    <label>
      Seed <input value={seed} onChange={({ target }) => setSeed(target.value)} />
      <Picture seed={seed || "nobody"} />
    </label>
  );
}`,
      )}
      <p>
        When React hydrates a page that a server rendered, the element may have drawn already and React adds no listeners to custom elements. Ask the element in an effect instead:
        <code>toBlob()</code> waits for the image, whoever draws it.
      </p>
      ${example(
        "tsx",
        `import { useEffect, useRef, useState } from "react";

type Sample = HTMLElement & { toBlob(): Promise<Blob> };

export function Download() {
  const sample = useRef<Sample>(null);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    sample.current?.toBlob().then((png) => setUrl(URL.createObjectURL(png)), console.error);
  }, []);
  return (
    <>
      <anneal-sample ref={sample} seed="bob" />
      {url && <a href={url} download="bob.png">Download</a>}
    </>
  );
}`,
      )}
      <p>
        Without the widget, a component is an <code>&lt;img&gt;</code>: <code>${origin}/sample?seed=alice&amp;class=${inQuery}</code> (see <a href="${base}/guide/img">Images by address</a>).
        The same elements work in Vue; tell its compiler that tags with a hyphen are custom elements.
      </p>`;
  },
};
