// The dashboard in a real browser against the real binary: headless Chromium (Debian's), driven by playwright-core.
//
//     tests/browser/run [PATTERN…]             TESTED_BINARY names another binary than build/release/weir
//     tests/browser/run --pictures FOLDER      takes the pictures of the README instead
//     tests/browser/run --measure [PART…]      tells how fast the page is instead
import { existsSync } from "node:fs";
import { House } from "./house.mjs";
import { measures } from "./measures.mjs";
import { pictures } from "./pictures.mjs";
import { scenarios } from "./scenarios.mjs";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const wanted = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

async function judge(house, [name, scenario]) {
  const began = Date.now();
  try {
    await house.visit(name, scenario);
    counts.passed += 1;
    console.log(`ok      ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (fault) {
    counts.failed += 1;
    console.log(`FAILED  ${name}\n${fault.stack ?? fault}`);
  }
}

if (!chromium) {
  counts.skipped = scenarios.length;
  console.log("there is no chromium here (deploy/install test brings it)");
} else {
  const painting = wanted[0] === "--pictures";
  const house = await House.open(chromium, painting ? "demo" : "serve");
  try {
    if (painting) await pictures(house, wanted[1]);
    else if (wanted[0] === "--measure") await measures(house, wanted.slice(1));
    else for (const one of scenarios.filter(([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)))) await judge(house, one);
  } finally {
    await house.close();
  }
}
if (!wanted[0]?.startsWith("--")) console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
