/** Pages with pictures that wait for their turn and code to copy. */
import { copyButtons } from "./dom.ts";
import { pageTiles } from "./tiles.ts";

copyButtons();
pageTiles()();
