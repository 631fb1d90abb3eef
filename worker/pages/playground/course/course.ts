/** The course: prints its worksheet or its key. */
import { find } from "../../shared/dom.ts";

const main = find("main", HTMLElement);
main.style.setProperty("--address", JSON.stringify(`${location.origin}${location.pathname}`));
for (const printButton of main.querySelectorAll("button"))
  printButton.addEventListener("click", () => {
    main.dataset.print = printButton.value;
    for (const answer of main.querySelectorAll("details")) answer.open = printButton.value === "key";
    print();
  });
