// The dashboard's pure modules, by node's own test runner: each tests/web/NAME.test.ts is bundled and run.
//
//     tests/web/run [NAME…]
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { run } from "node:test";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const page = resolve(here, "../../api/web");
const { buildSync } = createRequire(join(page, "package.json"))("esbuild");
const wanted = process.argv.slice(2);
const tests = readdirSync(here).filter((name) => name.endsWith(".test.ts"))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(".test.ts", "")));

const folder = mkdtempSync(join(tmpdir(), "weir-web-"));
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  buildSync({
    entryPoints: tests.map((name) => join(here, name)), outdir: folder, outExtension: { ".js": ".mjs" }, bundle: true,
    platform: "node", format: "esm", target: "node18", nodePaths: [join(page, "node_modules")], logLevel: "warning",
  });
  const files = tests.map((name) => join(folder, name.replace(".ts", ".mjs")));
  await new Promise((done) => {
    const events = run({ files, concurrency: 2 });
    const ofFile = (name) => files.includes(name) || tests.some((test) => name.endsWith(test.replace(".ts", ".mjs")));
    events.on("test:pass", (test) => {
      if (!ofFile(test.name)) counts[test.skip ? "skipped" : "passed"] += 1;
    });
    events.on("test:fail", (test) => {
      counts.failed += 1;
      console.log(`FAILED ${test.name}\n${test.details?.error?.cause?.stack ?? test.details?.error?.message ?? ""}`);
    });
    events.on("end", done);
    events.resume();
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
