/** Presenting: large type without prose, on the full screen where the browser has one to give. */
import { find } from "../../site/client/dom.ts";

export class Presenter {
  readonly #button = find("#present", HTMLButtonElement);
  readonly #onChange: (isOn: boolean) => void;
  #isOn: boolean;

  /** `isOn`: whether the page was opened in this mode. `onChange`: shows the page in it, or not. */
  constructor(isOn: boolean, onChange: (isOn: boolean) => void) {
    this.#isOn = isOn;
    this.#onChange = onChange;
    this.#nameButton();
    this.#button.addEventListener("click", () => this.#set(!this.#isOn));
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement)
        this.#set(false); // Escape leaves it
      else if (!this.#isOn) document.exitFullscreen(); // it came after the visitor had left
    });
  }

  /** By the key: a page that was opened in this mode has no full screen yet, and gets it first. */
  toggle(): void {
    this.#set(!this.#isOn || (document.fullscreenEnabled && !document.fullscreenElement));
  }

  #set(isOn: boolean): void {
    this.#isOn = isOn;
    this.#nameButton();
    this.#onChange(isOn);
    if (isOn) {
      scrollTo(0, 0);
      document.documentElement.requestFullscreen?.().catch(console.debug); // some browsers only give it to videos
    } else if (document.fullscreenElement) document.exitFullscreen();
  }

  #nameButton(): void {
    this.#button.textContent = this.#isOn ? "Leave" : "Present";
  }
}
