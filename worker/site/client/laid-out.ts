/** Lets a page's script go on in a task of its own: in that in which it arrives, the browser lays the page out. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { find } from "./dom.ts";

/** The page says that it is busy meanwhile. */
export async function laidOut(): Promise<void> {
  const page = find("main", HTMLElement);
  page.ariaBusy = "true";
  await nextTurn();
  page.ariaBusy = "false";
}
