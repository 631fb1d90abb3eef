import { html } from "hono/html";
import { exampleClass, type GuidePage, live, permanentAddress } from "./layout.ts";

export const img: GuidePage = {
  slug: "img",
  title: "Images by address",
  summary: "An image in any page, e-mail or document, with nothing but its address.",
  body: (context) => {
    const { origin, base, model } = context;
    const { label, inQuery } = exampleClass(context);
    return html`
      <p>The seed decides the image: the same seed gives the same image, in every format and at every size. Any text of up to 256 bytes in UTF-8 is a seed.</p>
      ${live(`<img src="${origin}/sample?seed=alice&amp;size=112" alt="" width="112" height="112">`)}
      <p>
        Ask for a <code>size</code> that is a whole multiple of the model's ${model.card.spec.width} pixels: it repeats pixels exactly. For sharp images on dense screens, name both
        sizes.
      </p>
      ${live(`<img
  src="${origin}/sample?seed=bob&amp;class=${inQuery}&amp;size=112"
  srcset="${origin}/sample?seed=bob&amp;class=${inQuery}&amp;size=224 2x"
  alt="${label}, a generated image" width="112" height="112" loading="lazy">`)}
      <h2>A permanent address</h2>
      <p>
        <code>/sample</code> draws with the current model, and browsers ask each time whether the image has changed. An address with the model's version always gives the same bytes and
        is cached for a year. Every answer of <code>/sample</code> has that permanent address in its header <code>Content-Location</code>.
      </p>
      ${live(`<img src="${permanentAddress(context, "carol.png")}?size=112" alt="" width="112" height="112">`)}
      <p>In a path, encode the seed as <code>encodeURIComponent</code> does: a slash, for example, is <code>%2F</code>.</p>
      <h2>Colours</h2>
      <p>
        <code>background</code> and <code>foreground</code> replace black and white. With <code>background=transparent</code> every pixel has the foreground colour, as opaque as
        the pixel is bright. Such an image fits any page whose background contrasts with the foreground.
      </p>
      ${live(`<img src="${origin}/sample?seed=dave&amp;size=112&amp;background=fde&amp;foreground=402060" alt="" width="112" height="112">`)}
      ${live(`<img src="${origin}/v1/${model.name}/dave.png?size=112&amp;background=transparent&amp;foreground=c50" alt="" width="112" height="112">`)}
      <h2>How it forms</h2>
      <p>An animated PNG shows the image form out of noise. Show the still image to people who prefer reduced motion.</p>
      ${live(`<picture>
  <source srcset="${origin}/v1/${model.name}/frank.png?size=112" media="(prefers-reduced-motion: reduce)">
  <img src="${origin}/v1/${model.name}/frank.apng?size=112" alt="An image forms out of noise" width="112" height="112">
</picture>`)}
      <p>
        All options are in the <a href="${base}/reference">API reference</a>. If images should be drawn on your visitors' devices instead of the server, use the
        <a href="${base}/guide/widget">widget</a>.
      </p>`;
  },
};
