/**
 * A training step's gradient as one TensorFlow graph. Run one operation at a time, it spends most of its time on passes over
 * memory between the convolutions. In a graph, TensorFlow computes equal operations once, reuses buffers and runs
 * independent operations in parallel.
 *
 * The step runs once, and every operation that reaches TensorFlow's library is recorded. The record is loaded as a
 * SavedModel, the only form in which tfjs-node takes a graph.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as TF from "@tensorflow/tfjs";
import { PbfWriter } from "pbf";
import type { NativeAttribute, NativeBackend } from "./library.ts";
import type { CompiledStep, Computation } from "./step.ts";

interface RecordedOperation {
  readonly name: string;
  readonly attributes: readonly NativeAttribute[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

interface Constant {
  readonly shape: readonly number[];
  readonly type: number;
  readonly values: ArrayBufferView;
}

/** The computation, a graph from its first call on. The inputs keep their names and shapes. */
export function graph(tf: typeof TF, variables: readonly TF.Variable[], compute: Computation): CompiledStep {
  const backend = tf.backend() as unknown as NativeBackend;
  const fedTo = (inputs: TF.NamedTensorMap): TF.Tensor[] => [...variables, ...Object.values(inputs)];
  let loaded: ReturnType<typeof record> | undefined;

  /** Runs the computation once. */
  function record(inputs: TF.NamedTensorMap) {
    const fed = fedTo(inputs);
    const recording = new Recording(backend, backend.getInputTensorIds(fed));
    let results: TF.Tensor[] = [];
    const outputs = recording.recordOperations(() => {
      results = tf.tidy(() => compute(inputs) as TF.Tensor[]);
      return backend.getInputTensorIds(results); // makes constants among them
    });
    tf.dispose(results);
    const placeholders = fed.map(({ dtype, shape }) => ({ type: backend.getDTypeInteger(dtype), shape }));
    return {
      session: load(backend, recording.nodesOf(placeholders, outputs)),
      inputNames: fed.map((_, i) => `${fedName(i)}:0`).join(","),
      outputNames: outputs.map((id) => recording.outputName(id)).join(","),
    };
  }

  const run = (inputs: TF.NamedTensorMap): Float32Array[] => {
    loaded ??= record(inputs);
    const ids = backend.getInputTensorIds(fedTo(inputs));
    const results = backend.binding.runSavedModel(loaded.session, ids, loaded.inputNames, loaded.outputNames);
    const outputs = results.map((result) => backend.createOutputTensor(result));
    const values = outputs.map((output) => output.dataSync() as Float32Array);
    tf.dispose(outputs);
    return values;
  };
  return Object.assign(run, {
    dispose(): void {
      if (loaded) backend.binding.deleteSavedModel(loaded.session);
      loaded = undefined;
    },
  });
}

const fedName = (i: number): string => `fed${i}`;

/** The operations that reached TensorFlow's library during a step, by the numbers that it gives their tensors. */
class Recording {
  private readonly backend: NativeBackend;
  private readonly operations = new Map<number, RecordedOperation>();
  private readonly constants = new Map<number, Constant>();
  /** Names in the graph. */
  private readonly names: Map<number, string>;

  constructor(backend: NativeBackend, fed: readonly number[]) {
    this.backend = backend;
    this.names = new Map(fed.map((id, i) => [id, fedName(i)]));
  }

  /** Runs f. */
  recordOperations<R>(f: () => R): R {
    const { backend } = this;
    const { binding } = backend;
    const executeOp: typeof binding.executeOp = (name, attributes, inputs, count) => {
      const infos = binding.executeOp(name, attributes, inputs, count);
      const operation = { name, attributes, inputs: [...inputs], outputs: infos.map(({ id }) => id) };
      for (const id of operation.outputs) this.operations.set(id, operation);
      return infos;
    };
    const createTensor: typeof binding.createTensor = (shape, type, values) => {
      const id = binding.createTensor(shape, type, values);
      this.constants.set(id, { shape, type, values });
      return id;
    };
    backend.binding = Object.create(binding, { executeOp: { value: executeOp }, createTensor: { value: createTensor } });
    try {
      return f();
    } finally {
      backend.binding = binding;
    }
  }

  /** The nodes that the outputs depend on, each after its inputs. */
  nodesOf(fed: readonly Pick<Constant, "type" | "shape">[], outputs: readonly number[]): NodeDefinition[] {
    const nodes: NodeDefinition[] = fed.map(({ type, shape }, i) => ({
      name: fedName(i),
      operation: "Placeholder",
      inputs: [],
      attributes: [
        ["dtype", (pbf) => pbf.writeVarintField(ATTRIBUTE.type, type)],
        ["shape", (pbf) => pbf.writeMessage(ATTRIBUTE.shape, writeShape, shape)],
      ],
    }));
    const visit = (id: number): string => {
      const known = this.names.get(id);
      if (known !== undefined) return known;
      const operation = this.operations.get(id);
      const inputs = operation?.inputs.map(visit) ?? [];
      const name = `n${nodes.length}`;
      nodes.push(operation ? this.operationNode(name, operation, inputs) : constantNode(name, this.constantAt(id)));
      for (const [k, output] of (operation?.outputs ?? [id]).entries()) this.names.set(output, k === 0 ? name : `${name}:${k}`);
      return this.names.get(id)!;
    };
    for (const id of outputs) visit(id);
    return nodes;
  }

  /** The name that a session uses, with the index of the output. */
  outputName(id: number): string {
    const name = this.names.get(id)!;
    return name.includes(":") ? name : `${name}:0`;
  }

  private constantAt(id: number): Constant {
    const constant = this.constants.get(id);
    if (constant === undefined) throw new Error("Expected a step that reads only its inputs and variables but it reads another tensor");
    return constant;
  }

  private operationNode(name: string, operation: RecordedOperation, inputs: readonly string[]): NodeDefinition {
    const attributes = operation.attributes.map((attribute): NodeDefinition["attributes"][number] => [
      attribute.name,
      (pbf) => writeAttribute(this.backend.binding, attribute, pbf),
    ]);
    return { name, operation: operation.name, inputs, attributes };
  }
}

function constantNode(name: string, { shape, type, values }: Constant): NodeDefinition {
  const writeTensor = (_: unknown, pbf: PbfWriter): void => {
    pbf.writeVarintField(1, type);
    pbf.writeMessage(2, writeShape, shape);
    pbf.writeBytesField(4, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
  return {
    name,
    operation: "Const",
    inputs: [],
    attributes: [
      ["dtype", (pbf) => pbf.writeVarintField(ATTRIBUTE.type, type)],
      ["value", (pbf) => pbf.writeMessage(ATTRIBUTE.tensor, writeTensor, undefined)],
    ],
  };
}

// --- protocol buffers: tensorflow/core/framework/{node_def,attr_value,tensor_shape}.proto, protobuf/saved_model.proto ---

interface NodeDefinition {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly attributes: readonly (readonly [name: string, write: (pbf: PbfWriter) => void])[];
}

/** Fields of AttrValue. */
const ATTRIBUTE = { list: 1, string: 2, integer: 3, float: 4, boolean: 5, type: 6, shape: 7, tensor: 8 } as const;

/** Any version that the library reads. Graphs of this form were valid long before it. */
const PRODUCER = 1882;

function load({ binding }: NativeBackend, nodes: readonly NodeDefinition[]): number {
  const folder = mkdtempSync(join(tmpdir(), "anneal-graph-"));
  try {
    const pbf = new PbfWriter();
    pbf.writeVarintField(1, 1);
    pbf.writeMessage(2, writeMetaGraph, nodes);
    writeFileSync(join(folder, "saved_model.pb"), pbf.finish());
    return binding.loadSavedModel(folder, "serve");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeMetaGraph(nodes: readonly NodeDefinition[], pbf: PbfWriter): void {
  const writeGraph = (_: unknown, graph: PbfWriter): void => {
    for (const node of nodes) graph.writeMessage(1, writeNode, node);
    graph.writeMessage(4, (_, versions) => versions.writeVarintField(1, PRODUCER), undefined);
  };
  pbf.writeMessage(1, (_, info) => info.writeStringField(4, "serve"), undefined);
  pbf.writeMessage(2, writeGraph, undefined);
}

function writeNode({ name, operation, inputs, attributes }: NodeDefinition, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeStringField(2, operation);
  for (const input of inputs) pbf.writeStringField(3, input);
  for (const [key, write] of attributes) {
    const writeEntry = (_: unknown, entry: PbfWriter): void => {
      entry.writeStringField(1, key);
      entry.writeMessage(2, (_, value) => write(value), undefined);
    };
    pbf.writeMessage(5, writeEntry, undefined);
  }
}

function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(2, (_, dimension) => dimension.writeVarintField(1, size), undefined);
}

function writeAttribute(binding: NativeBackend["binding"], { name, type, value }: NativeAttribute, pbf: PbfWriter): void {
  if (Array.isArray(value) && type === binding.TF_ATTR_INT)
    pbf.writeMessage(ATTRIBUTE.list, (_, list) => list.writePackedVarint(3, value as number[]), undefined);
  else if (type === binding.TF_ATTR_STRING) pbf.writeBytesField(ATTRIBUTE.string, new TextEncoder().encode(value as string));
  else if (type === binding.TF_ATTR_INT) pbf.writeVarintField(ATTRIBUTE.integer, Number(value));
  else if (type === binding.TF_ATTR_FLOAT) pbf.writeFloatField(ATTRIBUTE.float, value as number);
  else if (type === binding.TF_ATTR_BOOL) pbf.writeBooleanField(ATTRIBUTE.boolean, value as boolean);
  else if (type === binding.TF_ATTR_TYPE) pbf.writeVarintField(ATTRIBUTE.type, value as number);
  else throw new Error(`Expected an attribute that the network's operations have but received ${name}`);
}
