// node build.mjs OUT: bundles the page into OUT, each file plain and gzipped, and writes OUT/assets.inc, the table by
// which page.cpp embeds them. What is served under /assets/ has the hash of its content in its name, so that browsers
// keep it for ever; the page itself names these.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const types = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
  html: "text/html; charset=utf-8",
  txt: "text/plain; charset=utf-8",
};
const rows = [];

/// Writes a file and gives the path under which it is served.
function keep(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const [stem, ending] = name.split(".");
  writeFileSync(join(out, name), bytes);
  const packed = ending === "woff2"; // is compressed already
  if (!packed) writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  const path = { html: "/", txt: `/${name}` }[ending] ?? `/assets/${stem}-${hash}.${ending}`;
  rows.push(`${packed ? "WEIR_PACKED" : "WEIR_ASSET"}(${stem}, "${name}", "${path}", "${types[ending]}", "${hash}")\n`);
  return path;
}

async function bundle(entry, options) {
  const built = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    legalComments: "none",
    write: false,
    logLevel: "warning",
    ...options,
  });
  if (built.warnings.length > 0) throw new Error("esbuild has warnings");
  return built.outputFiles[0].contents;
}

/// What others wrote and we serve, with the words that have to go along.
const brought = ["preact", "@preact/signals", "@preact/signals-core", "@dagrejs/dagre", "@dagrejs/graphlib", "@fontsource-variable/inter"];
const licences = brought.map((name) => `${name}\n\n${readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8").trim()}\n`).join(`\n${"-".repeat(80)}\n\n`);

mkdirSync(out, { recursive: true });
keep("licences.txt", licences);
const font = keep("text.woff2", readFileSync(join(here, "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2")));
const more = keep("text_ext.woff2", readFileSync(join(here, "node_modules/@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2")));
const icon = keep("icon.svg", readFileSync(join(here, "icon.svg")));
const worker = keep("layout.js", await bundle("src/graph/layout_worker.ts", { format: "iife" }));
const style = keep("style.css", await bundle("src/style/page.css", {
  plugins: [{
    name: "fonts",
    setup(it) {
      it.onResolve({ filter: /^font:/ }, ({ path }) => ({ path: path === "font:latin" ? font : more, external: true }));
    },
  }],
}));
const script = keep("page.js", await bundle("src/main.tsx", { format: "esm", define: { LAYOUT_WORKER: JSON.stringify(worker) } }));
const html = readFileSync(join(here, "index.html"), "utf8").replace("ICON", icon).replace("FONT", font).replace("STYLE", style).replace("SCRIPT", script);
keep("index.html", html);
writeFileSync(join(out, "assets.inc"), rows.join(""));
