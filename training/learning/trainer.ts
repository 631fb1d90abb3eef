/** Training by denoising. */
import type * as TF from "@tensorflow/tfjs";
import { parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Backend } from "../backend/step.ts";
import type { Parameters } from "../network/parameters.ts";
import type { Tf } from "../network/score-network.ts";
import type { TrainingBatch } from "./batches.ts";
import type { TrainingState } from "./checkpoint.ts";
import { byHalves, type GradientOf, layoutOf, networkGradient } from "./gradient.ts";
import { type Learned, Optimizer } from "./optimizer.ts";
import { PLAIN, type StepMode, type TrainingRecipe } from "./recipe.ts";
import type { TrainingSettings } from "./settings.ts";

/** The weights that do not change. */
export const constantsOf = ({ weights, first }: TrainingState): Parameters => new Map([...weights].filter(([path]) => !first.has(path)));

export class Trainer {
  step: number;
  readonly tf: Tf;
  private readonly spec: NetworkSpec;
  private readonly recipe: TrainingRecipe;
  private readonly optimizer: Optimizer;
  private readonly constants: Parameters;
  private readonly network: ReturnType<typeof networkGradient>;
  private readonly gradientOf: GradientOf;

  /** `pretrained`: needed to learn guidance. `otherThread`: computes the first half of a batch's gradient. */
  constructor(
    backend: Pick<Backend, "tf" | "compile" | "name">,
    { spec, recipe }: Pick<TrainingSettings, "spec" | "recipe">,
    state: TrainingState,
    { pretrained, otherThread }: { readonly pretrained?: Parameters | undefined; readonly otherThread?: GradientOf | undefined } = {},
  ) {
    this.tf = backend.tf;
    this.spec = spec;
    this.recipe = recipe;
    this.step = state.step;
    this.constants = constantsOf(state);
    this.optimizer = new Optimizer(layoutOf(parametersOf(spec)));
    this.goOnFrom(state);
    this.network = networkGradient(backend, spec, this.constants, recipe.guidance, pretrained);
    this.gradientOf = backend.name === "wasm" ? byHalves(this.network.gradientOf, otherThread) : this.network.gradientOf;
  }

  /**
   * One step on one batch, which also updates the average. Returns the mean weighted loss (about 1 for an untrained network)
   * before the update. If the objective is not finite, it returns that, and the weights keep their values.
   */
  async advance(batch: TrainingBatch, learningRate: number, mode: StepMode = PLAIN): Promise<number> {
    const { optimizer, recipe } = this;
    this.step += 1;
    const unit = optimizer.normalize(recipe.filterEpsilon);
    const { objective, loss } = await this.gradientOf(unit, batch, mode, optimizer.vector("gradient"));
    if (!Number.isFinite(objective)) return objective;
    optimizer.step(recipe, learningRate, this.step);
    return loss;
  }

  /** Goes on from the weights, moments and average of this state; the step stays. */
  goOnFrom(state: Omit<TrainingState, "step">): void {
    this.optimizer.goOnFrom(state, parametersOf(this.spec));
  }

  /** The averaged weights of now on the device, for evaluation and sampling: valid until the next call or step. */
  average(): ReadonlyMap<string, TF.Tensor> {
    return this.network.at(this.optimizer.unitOf("average", this.recipe.filterEpsilon));
  }

  /** A copy of the state, in the layout of checkpoints. */
  state(): TrainingState {
    const [weights, average] = [this.parameters("weights"), this.parameters("average")];
    return { step: this.step, weights, average, first: this.learned("first"), second: this.learned("second") };
  }

  /** Frees what is on the device; weights and state can still be copied. */
  dispose(): void {
    this.network.dispose();
  }

  /** A copy, with constants. */
  parameters(name: "weights" | "average"): Parameters {
    return new Map([...this.constants, ...this.learned(name)]);
  }

  private learned(name: Learned): Parameters {
    return this.optimizer.parameters(name, parametersOf(this.spec));
  }
}
