/** The script of pages that only have tiles and code to copy. */
import { copyButtons } from "./dom.ts";
import { pageTiles } from "./tiles.ts";

copyButtons();
pageTiles()();
