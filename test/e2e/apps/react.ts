/** A page of React: an image with a child, the word who drew it, and a button for another one. */
import { createElement, useEffect, useRef, useState } from "react";
import type { AnnealSampleElement } from "../../../worker/widget/embed.d.ts";

export function App() {
  const [seed, setSeed] = useState("7");
  const [drawn, setDrawn] = useState("nothing");
  const sample = useRef<AnnealSampleElement>(null);
  // Hydration adds no listeners to custom elements, and the image may stand before React is there.
  useEffect(() => {
    let isCurrent = true;
    customElements
      .whenDefined("anneal-sample")
      .then(() => sample.current?.toBlob())
      .then(() => isCurrent && setDrawn(`${sample.current?.renderedBy} ${seed}`));
    return () => {
      isCurrent = false;
    };
  }, [seed]);
  const child = createElement("img", { src: "data:image/gif;base64,R0lGODlhAQABAAAAACw=", alt: "" });
  return createElement(
    "main",
    null,
    createElement("anneal-sample", { ref: sample, seed, label: "Bag", steps: 2, animate: true, className: "avatar" }, child),
    createElement("output", null, drawn),
    createElement("button", { type: "button", onClick: () => setSeed("8") }, "Another"),
  );
}
