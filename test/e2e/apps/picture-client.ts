import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { Page } from "./picture.ts";

const app = document.querySelector("#app") as HTMLElement;
hydrateRoot(app, createElement(Page, { server: app.dataset.server ?? "" }));
