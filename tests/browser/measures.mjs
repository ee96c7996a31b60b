// How fast the page is: an accepted event to a changed pixel while 5,000 a second come in, and a file of a million rows.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { until } from "./house.mjs";

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const spread = (values) => {
  values.sort((a, b) => a - b);
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: values[values.length - 1], count: values.length };
};

/// Notes each change of the number of events: as a message brought it, and when the frame after the one that shows it has
/// begun (a little later than its pixels).
async function watchEvents(page) {
  await page.addInitScript(() => {
    globalThis.told = [];
    const Native = WebSocket;
    globalThis.WebSocket = class extends Native {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
          const now = Date.now();
          const count = JSON.parse(data).data?.events; // of the figures alone
          if (typeof count === "number") globalThis.told.push([count, now]);
        });
      }
    };
  });
}

async function notePaint(page) {
  await page.evaluate(() => {
    globalThis.painted = [];
    new MutationObserver(() => {
      const shown = Number(document.querySelector('[data-kpi="Events"]').textContent.replaceAll(/\D/g, ""));
      requestAnimationFrame(() => requestAnimationFrame(() => globalThis.painted.push([shown, Date.now()])));
    }).observe(document.querySelector(".kpis"), { subtree: true, characterData: true, childList: true });
  });
}

/// Of each accepted body: until the first of `seen` that includes it.
function since(accepted, seen) {
  let at = 0;
  return accepted.flatMap(([count, when]) => {
    while (at < seen.length && seen[at][0] < count) at += 1;
    return at < seen.length ? [Math.max(0, seen[at][1] - when)] : [];
  });
}

async function eventToPixel(visit) {
  const { page } = visit;
  const [perSecond, total] = [5_000, 95_000]; // up to 100,000 the page shows each one
  await watchEvents(page);
  await visit.enter("?process=orders");
  await until(async () => (await visit.kpi("Events").count()) === 1, "the figures");
  await notePaint(page);
  const poster = new Worker(new URL("./posting.mjs", import.meta.url),
    { workerData: { port: visit.house.line.target, token: visit.token, process: "orders", perSecond, total } });
  const longest = await visit.longestTask(async () => {
    const posted = await new Promise((done, failed) => poster.on("message", done).on("error", failed));
    Object.assign(visit, { posted });
    await visit.seesKpi("Events", total.toLocaleString("en-GB"));
  });
  const { told, painted } = await page.evaluate(() => ({ told: globalThis.told, painted: globalThis.painted }));
  const { accepted, perSecond: reached } = visit.posted;
  return { events_per_s: reached, bodies: accepted.length, accepted_to_delta_ms: spread(since(accepted, told)),
    accepted_to_pixel_ms: spread(since(accepted, painted)), longest_task_ms: longest.lastedMs, longest_task_work_ms: longest.workedMs };
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
    await page.getByLabel("File", { exact: true }).setInputFiles(path);
    await page.getByText("Read as: case").first().waitFor();
    const began = Date.now();
    const took = {};
    const longest = await visit.longestTask(async () => {
      await page.getByRole("button", { name: "Upload", exact: true }).click();
      await page.locator(".node").first().waitFor();
      took.first_map_ms = Date.now() - began;
      await page.getByText("1,000,000 rows taken").first().waitFor({ timeout: 180_000 });
      took.all_taken_ms = Date.now() - began;
    });
    return { rows, ...took, longest_task_ms: longest.lastedMs, longest_task_work_ms: longest.workedMs };
  } finally {
    rmSync(path);
  }
}

const parts = { "event-to-pixel": eventToPixel, "million-rows": millionRows };

/// Prints what was measured, one line of JSON each; `wanted`: names, none for all.
export async function measures(house, wanted) {
  for (const [name, measure] of Object.entries(parts).filter(([one]) => wanted.length === 0 || wanted.includes(one))) {
    await house.visit(name, async (visit) => console.log(JSON.stringify({ what: name, ...(await measure(visit)) })));
  }
}
