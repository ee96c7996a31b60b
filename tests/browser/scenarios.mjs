// What people do with the dashboard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { events, until } from "./house.mjs";
import { handlesAnAlert, hearsOfAlerts, watchesPromises } from "./promises.mjs";
import { readsARule, writesARule } from "./rules.mjs";

const orders = [["o1", ["register", "check", "ship"], "ann"], ["o2", ["register", "check", "ship"], "bob"], ["o3", ["register", "cancel"], "ann"]];
const file = "Ticket;Step;When;Agent\n1;open;05.01.2026 09:00;ann\n1;close;05.01.2026 10:00;bob\n2;open;13.01.2026 09:00;ann\n";
const plain = "case_id,activity,timestamp\n1,a,2026-01-05T09:00:00Z\n1,b,2026-01-05T10:00:00Z\n2,a,2026-01-06T09:00:00Z\n";

async function signsIn(visit) {
  const { page } = visit;
  visit.expectsTrouble = true; // a wrong token is a 401
  await page.goto(visit.house.url);
  await page.getByRole("button", { name: "Use a token" }).click();
  await page.getByLabel("Token").fill("weir_nonsense");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Token").fill(visit.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Upload a file" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Upload a file" }).waitFor();
  await signsOut(page);
}

async function signsOut(page) {
  await page.getByLabel("Account").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

async function signsInByName(visit) {
  const { page } = visit;
  const password = visit.house.user("ann", visit.workspace);
  visit.expectsTrouble = true; // who is not signed in, and a wrong password: 401
  const fill = async (given) => {
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill(given);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await page.goto(visit.house.url);
  await fill("wrong");
  await page.getByRole("alert").waitFor();
  await fill(password);
  await page.getByRole("button", { name: "Upload a file" }).waitFor();
  await page.reload();
  await page.getByLabel("Views").getByRole("link", { name: "People" }).click();
  await page.getByRole("row", { name: /^ann \(you\)/ }).waitFor();
  await page.getByLabel("Name of the new token").fill("shop");
  await page.getByLabel("Role of the new token").selectOption("producer");
  await page.getByRole("button", { name: "Make token" }).click();
  visit.token = (await page.locator(".made code").textContent()).trim();
  await visit.post(events("orders", orders));
  await page.getByRole("link", { name: "Overview" }).click();
  await visit.seesKpi("Cases", "3");
  await page.getByLabel("Views").getByRole("link", { name: "People" }).click();
  await page.getByRole("button", { name: "Revoke shop" }).click();
  await visit.sees("The token is revoked.");
  await assert.rejects(visit.post(events("orders", orders)), /401/);
  await signsOut(page);
}

async function signsInByLink(visit) {
  const { page } = visit;
  visit.house.user("bob", visit.workspace);
  visit.expectsTrouble = true; // a link that was used: 401
  const link = visit.house.url + visit.house.link("bob");
  await page.goto(visit.house.url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto(link); // loads nothing: the same page, another hash
  await page.getByRole("button", { name: "Upload a file" }).waitFor();
  assert.doesNotMatch(page.url(), /#/);
  await page.reload();
  await page.getByRole("button", { name: "Upload a file" }).waitFor();
  await signsOut(page);
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("alert").waitFor();
}

async function uploadsAndWatches(visit) {
  await visit.enter();
  await visit.chooseFile("log.csv", plain);
  await visit.sees("Read as: case");
  assert.equal(await visit.page.getByText("The times have no zone").count(), 0, "nobody asks for a zone that is there");
  await visit.page.getByLabel("Into process").fill("letters");
  await visit.page.getByRole("button", { name: "Upload", exact: true }).click();
  await visit.seesKpi("Cases", "2");
  await visit.seesKpi("Events", "3");
  await visit.node("a").waitFor();
  await visit.sees("3 rows taken");
  assert.match(visit.page.url(), /process=letters/);
}

async function correctsAMapping(visit) {
  const { page } = visit;
  await visit.enter();
  await visit.chooseFile("tickets.csv", file);
  await visit.sees("Choose the column for Time");
  const send = page.getByRole("button", { name: "Upload", exact: true });
  assert.ok(await send.isDisabled());
  await page.getByLabel("Column When is").selectOption("timestamp");
  await visit.sees("The times have no zone");
  assert.equal(await page.getByText("can be read in two ways").count(), 0, "a 13th tells the order of the dates");
  assert.ok(await send.isDisabled());
  await page.locator("select[name=zone]").selectOption("UTC");
  await visit.sees("Read as: case");
  await send.click();
  await visit.seesKpi("Events", "3");
  // The next file with these columns is read as this one was.
  await visit.chooseFile("tickets2.csv", file.replaceAll("\n1;", "\n7;"));
  await visit.sees("read as the last file with these columns");
  await send.click();
  await visit.seesKpi("Cases", "3");
}

async function uploadsASheetOfAWorkbook(visit) {
  const { page } = visit;
  await visit.enter();
  await visit.chooseFile("tickets.xlsx", readFileSync(new URL("../data/tickets.xlsx", import.meta.url)));
  await visit.sees("tickets of January");
  assert.deepEqual(await page.locator("select[name=sheet] option").allTextContents(), ["Notes", "Tickets"]);
  await page.locator("select[name=sheet]").selectOption("Tickets");
  await visit.sees("Choose the column for Time");
  await page.getByLabel("Column When is").selectOption("timestamp");
  await page.locator("select[name=zone]").selectOption("UTC");
  await visit.sees("Read as: case");
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await visit.seesKpi("Cases", "2");
  await visit.seesKpi("Events", "3");
}

async function asksForTheOrderOfDates(visit) {
  const { page } = visit;
  await visit.enter();
  await visit.chooseFile("dates.csv", "case,activity,time\n1,a,03/04/2026 09:00\n1,b,05/04/2026 09:00\n");
  await visit.sees("can be read in two ways");
  await page.getByLabel("day first").check();
  await page.locator("select[name=zone]").selectOption("UTC");
  await visit.sees("3 Apr 2026");
}

async function seesRefusedRowsAndWithdraws(visit) {
  const { page } = visit;
  await visit.enter();
  await visit.chooseFile("bad.csv", `${plain}3,c,nonsense\n`);
  await visit.sees("would be refused");
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await visit.sees("3 rows taken, 1 refused");
  await page.getByRole("button", { name: "See why" }).click();
  await page.locator("tbody th button").first().click();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const path = await (await saved).path();
  assert.match(readFileSync(path, "utf8"), /^line,column,code,detail\r\n5,3,bad_timestamp,/);
  await page.getByRole("button", { name: "Withdraw…" }).click();
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await visit.sees("The upload is withdrawn");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Overview" }).click();
  await visit.seesKpi("Events", "0");
}

async function filters(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.seesKpi("Cases", "3");
  await visit.node("cancel").click();
  await page.getByRole("button", { name: "Only cases with this" }).click();
  await visit.seesKpi("Cases", "1");
  assert.match(page.url(), /activity=cancel/);
  await page.reload();
  await visit.seesKpi("Cases", "1");
  await page.getByRole("button", { name: "Remove filter with cancel" }).click();
  await visit.seesKpi("Cases", "3");
  await page.goBack();
  await visit.seesKpi("Cases", "1");
}

async function selectsAVariant(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await page.getByRole("button", { name: /^Variant 2 / }).click();
  await visit.seesKpi("Cases", "1");
  await until(async () => (await visit.node("ship").count()) === 0, "the map to leave out what the variant has not");
  assert.equal(await page.getByRole("button", { name: /^Variant/ }).count(), 2, "the list that one selects in stays");
  await page.getByRole("button", { name: "Show all", exact: true }).click();
  await visit.seesKpi("Cases", "3");
}

async function choosesATime(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.seesKpi("Cases", "3");
  await page.getByLabel(/^Time:/).click();
  await page.getByRole("textbox", { name: "From" }).fill("2026-01-06T00:00");
  await page.getByRole("button", { name: "Apply" }).click();
  await visit.seesKpi("Cases", "2");
  await page.getByRole("button", { name: /^Remove filter cases active/ }).click();
  await visit.seesKpi("Cases", "3");
}

async function showsWhatComesIn(visit) {
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.seesKpi("Events", "8");
  await visit.post(events("orders", [["o4", ["register", "check", "return"]]], "2026-01-09T08:00:00Z"));
  await visit.seesKpi("Events", "11");
  await visit.node("return").waitFor();
}

async function survivesACut(visit) {
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.seesKpi("Events", "8");
  visit.expectsTrouble = true;
  visit.house.line.break();
  await visit.sees("Connection lost");
  visit.house.line.mend();
  await visit.post(events("orders", [["o5", ["register"]]], "2026-01-10T08:00:00Z"));
  await visit.seesKpi("Events", "9");
  await visit.page.locator(".fresh.live").waitFor();
}

async function survivesTheServer(visit) {
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.seesKpi("Events", "8");
  visit.expectsTrouble = true;
  await visit.house.kill();
  await visit.sees("Connection lost");
  await visit.house.start();
  await visit.post(events("orders", [["o6", ["register"]]], "2026-01-10T08:00:00Z"));
  await visit.seesKpi("Events", "9");
  await visit.page.locator(".fresh.live").waitFor();
}

async function opensACase(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders&view=cases");
  await page.getByRole("button", { name: "o3", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: "Case o3" });
  await sheet.getByText("cancel").waitFor();
  await sheet.getByText("1 h waiting").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  assert.doesNotMatch(page.url(), /case=/);
}

async function handsOverAndCompares(visit) {
  const { page } = visit;
  await visit.post(events("orders", [["o1", ["a", "b"], "ann"], ["o2", ["a"], "bob"]]));
  await visit.enter("?process=orders&view=handover");
  await page.getByTitle("ann → ann: 1, 100 %").waitFor();
  await page.getByRole("link", { name: "Compare" }).click();
  await page.getByRole("row", { name: /^Cases 1 1 same/ }).waitFor();
  await until(async () => (await page.locator("svg.map .node").count()) === 3, "both maps");
}

async function welcomesWhoHasNothing(visit) {
  const { page } = visit;
  await visit.enter();
  await visit.sees("No events yet");
  await page.getByRole("button", { name: "Choose a file" }).click();
  await page.getByLabel("File", { exact: true }).waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  await visit.post(events("orders", orders));
  await visit.seesKpi("Cases", "3");
}

/// The periods were halves of what there is, which moved with every event: nothing was ever shown.
async function comparesWhileEventsCome(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders&view=compare");
  await page.getByRole("row", { name: /^Cases \d/ }).waitFor();
  const from = () => page.getByRole("group", { name: "Later" }).getByLabel("from").inputValue();
  const before = await from();
  await visit.post(events("orders", [["o9", ["register", "check"]]], "2026-03-05T08:00:00Z"));
  await page.locator(".filters").getByText("5 Mar 2026", { exact: true }).waitFor();
  assert.equal(await from(), before);
}

/// What was drawn stays until the other is there, and becomes it.
async function keepsTheMapWhileFiltering(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.node("cancel").waitFor();
  await page.evaluate(() => { globalThis.drawn = document.querySelector("svg.map"); });
  await page.getByRole("button", { name: /^Variant 1 / }).click();
  await until(async () => (await visit.node("cancel").count()) === 0, "the map to follow");
  assert.ok(await page.evaluate(() => globalThis.drawn.isConnected));
  await page.getByRole("button", { name: "Show all of the map" }).click();
  const { window, marks } = await page.evaluate(() => ({ window: document.querySelector(".map-window").getBoundingClientRect().toJSON(),
    marks: [...document.querySelectorAll(".scene > g")].map((one) => one.getBoundingClientRect().toJSON()) }));
  assert.ok(marks.length > 3 && marks.every((one) => one.top >= window.top && one.bottom <= window.bottom));
}

async function triesARefusedEventAgain(visit) {
  const { page } = visit;
  const event = { process: "orders", case_id: "c", activity: "a", timestamp: "2026-01-05T09:00:00Z", id: "same" };
  await visit.post(event);
  await visit.post({ ...event, activity: "b" });
  await visit.enter("?process=orders&view=refused");
  await visit.sees("id_conflict");
  await page.getByRole("button", { name: /^Try .* again/ }).click();
  await visit.sees("It is tried again.");
}

async function savesTheMap(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.node("ship").waitFor();
  for (const [kind, begins] of [["SVG", "<svg xmlns"], ["PNG", "\u0089PNG"], ["CSV", "from,to,count"], ["DOT", "digraph"]]) {
    await page.getByLabel("Save the map as a file").click();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: new RegExp(`^${kind}`) }).click();
    const content = readFileSync(await (await saved).path(), "latin1");
    assert.ok(content.startsWith(begins), `${kind} begins with ${content.slice(0, 20)}`);
  }
}

async function goesByKeyboard(visit) {
  const { page } = visit;
  await visit.post(events("orders", orders));
  await visit.enter("?process=orders");
  await visit.node("register").waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  const reached = new Set();
  for (let step = 0; step < 60 && !(await page.evaluate(() => document.activeElement?.classList.contains("node"))); ++step) {
    reached.add(await focused());
    await page.keyboard.press("Tab");
  }
  assert.ok(["Upload a file", "Overview", "Time: All time"].every((name) => reached.has(name)), [...reached].join(" | "));
  assert.equal(await focused(), "register3");
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(), /^(check2|cancel1)$/);
  await page.keyboard.press("Enter");
  await page.getByRole("complementary", { name: /^Figures of/ }).waitFor();
  await page.getByLabel(/^Time:/).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "From" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("textbox", { name: "From" }).waitFor({ state: "hidden" });
  assert.match(await focused(), /^Time:/);
}

async function isAccessible(visit) {
  const { page } = visit;
  const faults = [];
  await visit.post(events("orders", orders));
  const is = (activity) => ({ path: "activity", op: "eq", value: activity });
  await visit.call("PUT", "/v1/sla-policies/desk", { metrics: { m: { start: is("register"), stop: is("never") } }, targets: [{ name: "all", promises: { m: "1h" } }] });
  await visit.call("PUT", "/v1/rules/late", { on: "register", then: [{ type: "alert", title: "{case.id} is here" }] });
  for (const [scheme, width] of [["light", 1280], ["dark", 390]]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 860 });
    for (const view of ["overview", "cases", "sla", "alerts", "rules", "rules&rule=late", "handover", "compare", "refused", "uploads", "people"]) {
      await visit.enter(`?process=orders&view=${view}`);
      await page.reload();
      await page.waitForLoadState("networkidle").catch(() => {});
      await until(async () => (await page.locator(".waiting").count()) === 0, `${view} to be there`);
      faults.push(...(await visit.barriers()).map((one) => `${view}, ${scheme}: ${one}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) faults.push(`${view} is ${wide} px wide on a screen of ${width}`);
    }
  }
  assert.deepEqual(faults, []);
}

/// 200 activities, 2,000 paths: the page goes on while they are laid out, drawn, moved and changed.
async function laysOutMuchWithoutStopping(visit) {
  const { page } = visit;
  const traces = Array.from({ length: 200 }, (_, at) => [`c${at}`, Array.from({ length: 14 }, (_one, step) => `a${(at * 7 + step * (1 + (at % 13))) % 200}`)]);
  for (let at = 0; at < traces.length; at += 50) await visit.post(events("wide", traces.slice(at, at + 50)));
  await visit.enter("?process=wide");
  await page.locator(".node").first().waitFor();
  await page.evaluate(() => {
    globalThis.atOnce = 0;
    new MutationObserver((changes) => {
      globalThis.atOnce = Math.max(globalThis.atOnce, changes.reduce((sum, change) => sum + change.addedNodes.length, 0));
    }).observe(document.querySelector("svg.map .scene"), { childList: true });
  });
  const longest = await visit.longestTask(async () => {
    await page.getByLabel(/^Activities/).fill("100");
    await page.getByLabel(/^Paths/).fill("100");
    await until(async () => (await page.locator(".way").count()) >= 2_000, "2,000 paths");
    const atOnce = await page.evaluate(() => globalThis.atOnce);
    assert.ok(atOnce <= 400, `${atOnce} paths and nodes came in one task`);
    await page.getByLabel("Metric", { exact: true }).selectOption("p50");
    const box = await page.locator("svg.map").boundingBox();
    await page.mouse.move(box.x + 300, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 380, box.y + 240, { steps: 8 });
    await page.mouse.up();
    await visit.post(events("wide", [["late", ["a1", "a2", "a3"]]]));
    await visit.seesKpi("Cases", "201");
  });
  assert.equal(await page.locator(".node").count(), 200);
  console.log(`        200 nodes and ${await page.locator(".way").count()} paths: no task of ${longest.tasks} worked for more than ${longest.workedMs} ms, or lasted longer than ${longest.lastedMs} ms`);
  assert.ok(longest.tasks > 0 && longest.workedMs < 200, `a task worked for ${longest.workedMs} ms`);
}

/// A promise of two seconds is counted down and passed before one's eyes, although nothing happens in the case.
export const scenarios = [
  ["signs in", signsIn],
  ["signs in by name", signsInByName],
  ["signs in by link", signsInByLink],
  ["uploads and watches", uploadsAndWatches],
  ["uploads a sheet of a workbook", uploadsASheetOfAWorkbook],
  ["corrects a mapping", correctsAMapping],
  ["asks for the order of dates", asksForTheOrderOfDates],
  ["sees refused rows and withdraws", seesRefusedRowsAndWithdraws],
  ["filters", filters],
  ["selects a variant", selectsAVariant],
  ["chooses a time", choosesATime],
  ["shows what comes in", showsWhatComesIn],
  ["survives a cut", survivesACut],
  ["survives the server", survivesTheServer],
  ["opens a case", opensACase],
  ["watches promises", watchesPromises],
  ["hears of alerts", hearsOfAlerts],
  ["handles an alert", handlesAnAlert],
  ["writes a rule", writesARule],
  ["reads a rule", readsARule],
  ["hands over and compares", handsOverAndCompares],
  ["welcomes who has nothing", welcomesWhoHasNothing],
  ["compares while events come", comparesWhileEventsCome],
  ["keeps the map while filtering", keepsTheMapWhileFiltering],
  ["tries a refused event again", triesARefusedEventAgain],
  ["saves the map", savesTheMap],
  ["goes by keyboard", goesByKeyboard],
  ["is accessible", isAccessible],
  ["lays out much without stopping", laysOutMuchWithoutStopping],
];
