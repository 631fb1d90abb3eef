import { html } from "hono/html";
import { example, exampleClass, type GuidePage } from "./layout.ts";

export const react: GuidePage = {
  slug: "react",
  title: "React",
  summary: "A typed component, for pages that are rendered on the server too.",
  body: (context) => {
    const { origin, base } = context;
    const { label, inQuery } = exampleClass(context);
    return html`
      <p>
        The package has the widget as a component. Its properties are the attributes of <a href="${base}/guide/widget">the element</a>, with types.
      </p>
      ${example(
        "tsx",
        `import { Picture } from "anneal/react";
import { useState } from "react";

export function Chooser() {
  const [seed, setSeed] = useState("alice");
  return (
    <label>
      Seed <input value={seed} onChange={({ target }) => setSeed(target.value)} />
      <Picture src="${origin}/" seed={seed || "nobody"} label="${label}" loading="lazy" />
    </label>
  );
}`,
      )}
      <p>
        A server renders it like any component. The server's image is inside: it is shown until the device has drawn, and where there are no scripts. The component loads the element
        after React has taken over the page, so React finds what the server rendered. A seed is required, since server and browser would choose different ones.
      </p>
      <p>
        <code>onLoad</code>, <code>onError</code> and <code>onProgress</code> are called on the element's events. <code>ref</code> is the element.
      </p>
      ${example(
        "tsx",
        `import { type AnnealSampleElement, Picture } from "anneal/react";
import { useRef, useState } from "react";

export function Download() {
  const image = useRef<AnnealSampleElement>(null);
  const [url, setUrl] = useState<string>();
  const onLoad = async () => {
    const png = await image.current?.toBlob();
    if (png) setUrl(URL.createObjectURL(png));
  };
  return (
    <>
      <Picture ref={image} src="${origin}/" seed="bob" onLoad={onLoad} />
      {url && <a href={url} download="bob.png">Download</a>}
    </>
  );
}`,
      )}
      <p>
        The import also gives <code>&lt;anneal-sample&gt;</code> its types, if you write the element in JSX yourself.
      </p>
      <p>
        You can also do without the widget. Then the component is an <code>&lt;img&gt;</code> with the address <code>${origin}/sample?seed=alice&amp;class=${inQuery}</code> (see <a href="${base}/guide/img">Images by address</a>).
        The same elements work in Vue; tell its compiler that tags with a hyphen are custom elements.
      </p>`;
  },
};
