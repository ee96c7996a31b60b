// How fast the page is: an accepted event to a changed pixel, and a file of a million rows. `tests/browser/run --measure`.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { events } from "./house.mjs";

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/// From the answer to the producer until the frame after the one that shows the event has begun.
async function eventToPixel(visit) {
  await visit.post(events("orders", [["o1", ["a", "b"]]]));
  await visit.enter("?process=orders");
  await visit.seesKpi("Events", "2");
  await visit.page.evaluate(() => {
    globalThis.painted = [];
    new MutationObserver(() => {
      const shown = document.querySelector('[data-kpi="Events"]').textContent;
      requestAnimationFrame(() => requestAnimationFrame(() => globalThis.painted.push([shown, Date.now()])));
    }).observe(document.querySelector(".kpis"), { subtree: true, characterData: true, childList: true });
  });
  const accepted = new Map();
  for (let at = 0; at < 200; ++at) {
    await visit.post(events("orders", [[`x${at}`, ["a"]]], "2026-01-07T00:00:00Z"));
    accepted.set(String(3 + at), Date.now());
    await new Promise((done) => setTimeout(done, 50));
  }
  await visit.seesKpi("Events", "202");
  const painted = await visit.page.evaluate(() => globalThis.painted);
  const tookMs = painted.filter(([shown]) => accepted.has(shown)).map(([shown, at]) => at - accepted.get(shown)).sort((a, b) => a - b);
  console.log(`event accepted to pixel: p50 ${quantile(tookMs, 0.5)} ms, p99 ${quantile(tookMs, 0.99)} ms (${tookMs.length} events)`);
}

async function millionRows(visit) {
  const rows = 1_000_000;
  const names = ["receive", "check", "approve", "pay", "ship", "close", "reopen", "ask"];
  const lines = Array.from({ length: rows }, (_, at) =>
    `c${Math.floor(at / 6)},${names[((at % 6) + (at % 77 === 0 ? 2 : 0)) % 8]},${new Date(Date.UTC(2026, 0, 1) + at * 7_000).toISOString()}`);
  const path = join(tmpdir(), `weir-million-${process.pid}.csv`);
  writeFileSync(path, `case_id,activity,timestamp\n${lines.join("\n")}\n`);
  try {
    const { page } = visit;
    await visit.enter();
    await page.getByRole("button", { name: "Upload a file" }).click();
    await page.evaluate(() => {
      globalThis.still = 0;
      new PerformanceObserver((list) => { for (const task of list.getEntries()) globalThis.still = Math.max(globalThis.still, task.duration); }).observe({ entryTypes: ["longtask"] });
    });
    await page.getByLabel("File", { exact: true }).setInputFiles(path);
    await page.getByText("Read as: case").first().waitFor();
    const began = Date.now();
    await page.getByRole("button", { name: "Upload", exact: true }).click();
    await page.locator(".node").first().waitFor();
    const firstMs = Date.now() - began;
    await page.getByText("1,000,000 rows taken").first().waitFor({ timeout: 180_000 });
    const still = Math.round(await page.evaluate(() => globalThis.still));
    console.log(`a million rows: first map after ${firstMs} ms, all taken after ${Date.now() - began} ms; the page stood still for ${still} ms at most (0: never for 50)`);
  } finally {
    rmSync(path);
  }
}

export async function measures(house) {
  await house.visit("event to pixel", eventToPixel);
  await house.visit("a million rows", millionRows);
}
