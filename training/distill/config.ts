/** What a distillation was asked for, resolved: every number that decides its weights. The content of its config.json. */
import * as z from "zod/mini";
import { UserError } from "../user-error.ts";

export const METHODS = ["frechet", "matching", "rematch", "adversary"] as const;
export type Method = (typeof METHODS)[number];

const numbers = z.readonly(z.array(z.number()));
const SCHEMA = z.object({
  /** The teacher's file as it was given; the run keeps a copy. */
  teacher: z.string(),
  data: z.string(),
  methods: z.readonly(z.array(z.enum(METHODS))),
  schedule: z.object({ sigmas: numbers, churn: numbers, extrapolation: numbers }),
  /** Pictures that the student draws and learns from. */
  images: z.int(),
  batch: z.int(),
  learningRate: z.number(),
  /** Share of the run, its end, over which the learning rates fall to zero. */
  decay: z.number(),
  /** Of the running average of the weights, per step. */
  averageDecay: z.number(),
  /** Only what conditions the convolutions learns (embeddings, gains): these stay the teacher's own. */
  conditioningOnly: z.boolean(),
  /** Rounds as an int8 model will. */
  fakeQuantization: z.boolean(),
  /** Of `matching`, `rematch` and `adversary`: updates of the auxiliary or the adversary for each of the student, its learning rate, and those before the student's first. */
  auxiliaryUpdates: z.int(),
  auxiliaryRate: z.number(),
  auxiliaryHeadStart: z.int(),
  /** Of `frechet`: the classifiers' files, the images of the running population, the weight of class means, and that of the distance beside other methods. */
  features: z.readonly(z.array(z.string())),
  window: z.int(),
  classWeight: z.number(),
  frechetWeight: z.number(),
  /** Of `adversary` beside other methods. */
  adversaryWeight: z.number(),
  /** Share of the denoising loss on training images; 0 is none. */
  denoisingWeight: z.number(),
  seed: z.string(),
});

export type DistillConfig = Readonly<z.infer<typeof SCHEMA>>;

/** Throws a UserError for what is no configuration of a distillation. */
export function parseDistillConfig(json: unknown, path: string): DistillConfig {
  const { data, error } = SCHEMA.safeParse(json);
  if (!error) return data;
  const [{ path: keys, message }] = error.issues;
  throw new UserError(`Expected the configuration of a distillation in \`${path}\` but \`${keys.join(".")}\` is wrong: ${message}`);
}
