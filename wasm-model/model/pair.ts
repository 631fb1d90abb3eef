/**
 * Models of two files: `model.onnx`, a student that knows only some numbers of steps (its card's `allowedSteps`), and `teacher.onnx`, which draws all that the
 * student does not know.
 */
import { type ModelCard, pictureShape } from "./card.ts";
import { ModelError } from "./model-error.ts";

export const MODEL_FILE = "model.onnx";
export const TEACHER_FILE = "teacher.onnx";

/** The teacher's card, under the student's name. Throws ModelError unless both draw pictures of the same shape, range and classes and the student is one. */
export function teacherCard(student: ModelCard, teacher: ModelCard): ModelCard {
  const { allowedSteps, steps } = student.sampling;
  if (!allowedSteps) throw new ModelError("Expected `sampling.allowedSteps` in the card of a model with a teacher but received none");
  if (!allowedSteps.includes(steps)) {
    throw new ModelError(`Expected one of ${allowedSteps.join(", ")} for \`sampling.steps\` of a student's card but received ${steps}`);
  }
  if (teacher.sampling.allowedSteps)
    throw new ModelError("Expected a teacher of any number of steps but received one with `sampling.allowedSteps`");
  const [expected, received] = [student, teacher].map(drawnBy);
  if (expected !== received)
    throw new ModelError(`Expected a teacher of what its student draws, ${expected}, but received one of ${received}`);
  return { ...teacher, name: student.name };
}

/** What must be the same, in words. */
function drawnBy(card: ModelCard): string {
  const { width, height, channels } = pictureShape(card);
  return `${width}x${height}x${channels} of ${card.labels.join(", ")} with sigmaData ${card.spec.sigmaData}`;
}
