/** Lets a page's script go on in a task of its own: in that in which it arrives, the browser lays the page out. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { find } from "./dom.ts";

/** The page says that it is busy, until its first drawing has ended. */
export async function laidOut(): Promise<void> {
  find("main", HTMLElement).ariaBusy = "true";
  await nextTurn();
}
