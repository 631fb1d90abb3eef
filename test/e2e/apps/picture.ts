/** A page of React with the package's component: an image, what it tells, and a button for another one. */
import { createElement, useState } from "react";
import { type ErrorDetail, type LoadDetail, Picture } from "../../../worker/element/react.ts";

/** `server`: where the models are. */
export function Page({ server }: { readonly server: string }) {
  const [seed, setSeed] = useState("7");
  const [told, setTold] = useState("nothing");
  const onLoad = ({ image }: LoadDetail) => setTold(`drawn ${image.seed}`);
  const onError = ({ error }: ErrorDetail) => setTold(error.message);
  return createElement(
    "main",
    null,
    createElement(Picture, {
      src: server,
      seed,
      label: "plant",
      steps: 2,
      animated: true,
      alt: `Plant ${seed}`,
      className: "avatar",
      onLoad,
      onError,
    }),
    createElement("output", null, told),
    createElement("button", { type: "button", onClick: () => setSeed("8") }, "Another"),
  );
}
