# The Worker without Cloudflare, on workerd alone: npm run workerd. For other machines too: address = "*:8080"
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "site", disk = "node_modules/anneal/dist/site"),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "src/index.js", esModule = embed "dist/index.js"),
    (name = "src/drawing.wasm", wasm = embed "dist/drawing.wasm"),
    (name = "src/plain.wasm", wasm = embed "dist/plain.wasm"),
    (name = "src/relaxed.wasm", wasm = embed "dist/relaxed.wasm"),
  ],
  compatibilityDate = "2026-11-02",
  compatibilityFlags = ["enable_request_signal"],
  bindings = [(name = "ASSETS", service = "site"), (name = "RATE_LIMIT", text = "4e9"), (name = "LOG", text = "true")],
);
