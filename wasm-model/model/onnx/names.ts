/**
 * Names of nodes in model files, from format 2 on: by parameter path, as `enc.1.0.conv0.Sigmoid`. A node without a parameter has
 * the path of the first node that reads it, since it prepares that one; sums of branches and enlarged maps have the path of the
 * node with a parameter before them. Files of format 1 have `Sigmoid_57`.
 */
import type { GraphProto, NodeProto } from "./file.ts";

/** Operators that end what the nodes before them do. */
const ENDS = new Set(["Add", "Resize"]);

const isNumbered = ({ name, op_type }: NodeProto): boolean => name.startsWith(`${op_type}_`);

/** The graph whose numbered nodes are named by path and operator, the second one of a path with `_1`, and so on. */
export function namedByPath(graph: GraphProto): GraphProto {
  const paths = pathsOf(graph);
  const counts = new Map<string, number>();
  const names = new Map<string, string>();
  for (const [i, node] of graph.node.entries()) {
    if (!isNumbered(node)) continue;
    const name = `${paths[i]}.${node.op_type}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    names.set(node.name, count === 0 ? name : `${name}_${count}`);
  }
  const renamed = (name: string): string => names.get(name) ?? name;
  const node = graph.node.map((n) => ({ ...n, name: renamed(n.name), input: n.input.map(renamed), output: n.output.map(renamed) }));
  return { ...graph, node };
}

/** The path of each node. */
function pathsOf({ node: nodes, initializer }: GraphProto): readonly string[] {
  const parameters = new Set(initializer.map(({ name }) => name));
  const own = nodes.map((node) => (isNumbered(node) ? node.input.find((name) => parameters.has(name)) : parentOf(node.name)));
  const latest: (string | undefined)[] = [];
  for (const [i, path] of own.entries()) latest.push(path ?? latest[i - 1]);
  const paths: string[] = [];
  const readers = new Map<string, string>(); // the path of the first node that reads a value, since the loop goes backwards
  for (let i = nodes.length - 1; i >= 0; i--) {
    const [behind, ahead] = [latest[i], readers.get(nodes[i].name)];
    paths[i] = (own[i] ?? (ENDS.has(nodes[i].op_type) ? (behind ?? ahead) : (ahead ?? behind))) as string;
    for (const value of nodes[i].input) readers.set(value, paths[i]);
  }
  return paths;
}

/** `in` for `in.output`; nothing for the network's output. */
const parentOf = (name: string): string | undefined => (name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : undefined);
