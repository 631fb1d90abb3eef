# The Worker without Cloudflare, on workerd alone: npm run workerd
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "site", disk = "node_modules/anneal/dist/site"),
  ],
  sockets = [(name = "http", address = "*:8080", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "dist/index.js"),
    (name = "plain.wasm", wasm = embed "dist/plain.wasm"),
    (name = "relaxed.wasm", wasm = embed "dist/relaxed.wasm"),
    (name = "model.onnx", data = embed "dist/model.onnx"),
    (name = "teacher.onnx", data = embed "dist/teacher.onnx"),
  ],
  compatibilityDate = "2026-11-02",
  compatibilityFlags = ["enable_request_signal"],
  bindings = [(name = "ASSETS", service = "site")],
);
