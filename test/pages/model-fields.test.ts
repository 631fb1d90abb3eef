/** Fields of a drawing that depend on its model. */
import { expect, it } from "vitest";
import { classField } from "../../worker/pages/shared/model-fields.ts";
import { isOpen } from "../../worker/pages/shared/state.ts";

it("of a single class there is nothing to choose", () => {
  expect([[], ["face"], ["face", "robot"]].map((labels) => isOpen(classField("Class", "any", labels)))).toEqual([false, false, true]);
});
