import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { App } from "./react.ts";

hydrateRoot(document.querySelector("#app") as Element, createElement(App));
