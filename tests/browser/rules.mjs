// Somebody writes a rule: wrong, then right, tries it, saves it, sees it fire, changes it while another does, withdraws it.
import assert from "node:assert/strict";
import { events, until } from "./house.mjs";

const wrong = `{
  "on": ["cancel"],
  "then": [
    {"type": "alert", "severity": "loud", "title": "{case.id} was cancelled"}
  ]
}`;
const right = wrong.replace("loud", "error");

async function triesANewRule(visit) {
  const { page } = visit;
  const text = page.getByLabel("The rule, as JSON or YAML");
  const tries = page.getByRole("button", { name: "Check and try" });
  await page.getByRole("button", { name: "New rule" }).click();
  await page.getByLabel("Name", { exact: true }).fill("cancelled");
  await tries.click(); // as it stands
  await page.getByText("it fires 3 times").waitFor();
  await text.fill(wrong.replace('"cancel"]', '"cancel"'));
  await tries.click();
  await page.getByRole("alert", { name: "Faults" }).getByText("Line 3a comma or ] must stand here").waitFor();
  await text.fill(wrong);
  await tries.click();
  const faults = page.getByRole("alert", { name: "Faults" });
  await faults.getByText("/then/0/severity").waitFor();
  assert.deepEqual(await visit.barriers(), []);
  await faults.getByRole("button", { name: "Line 4" }).click();
  const chosen = await text.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.equal(chosen, wrong.split("\n")[3]);
  await page.keyboard.press("Tab"); // leaves the text
  assert.ok(await tries.evaluate((button) => button === document.activeElement));
  await text.fill("on: [cancel]\nwhen: {path: case.events, op: gte, value: 2}\nthen:\n- {type: alert, severity: error, title: 'gone: {case.id}'}\n");
  await text.press("Control+Enter");
  await page.getByText("it fires 1 time", { exact: false }).waitFor();
  await page.getByText("gone: o3").waitFor();
  await page.getByText("Why", { exact: true }).click();
  await page.getByText("case.events gte 2").waitFor();
  assert.deepEqual(await visit.barriers(), []);
  await page.getByRole("button", { name: "o3", exact: true }).click();
  await page.getByRole("dialog", { name: "Case o3" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Views").getByRole("link", { name: "Rules" }).click();
  await page.getByRole("button", { name: "Go on with the new rule" }).click();
  assert.match(await text.inputValue(), /gone: \{case\.id\}/);
}

async function isOvertaken(visit) {
  const { page } = visit;
  const text = page.getByLabel("The rule, as JSON or YAML");
  await text.waitFor(); // it is opened
  await visit.call("PUT", "/v1/rules/cancelled", { ...JSON.parse(right), cooldown: "1h" });
  await text.fill(right.replace("was cancelled", "is off"));
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: /^Keep my text/ }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await visit.sees("cancelled holds from now on.");
  const { document } = await visit.call("GET", "/v1/rules/cancelled");
  assert.deepEqual([document.cooldown, document.then[0].title], [undefined, "{case.id} is off"]);
  await visit.call("DELETE", "/v1/rules/cancelled");
  await text.fill(right);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: /^Keep my text/ }).click();
  await page.getByRole("heading", { name: "New rule" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "cancelled" }).waitFor();
}

export async function writesARule(visit) {
  const { page } = visit;
  await visit.post(events("orders", [["o1", ["register", "check"]], ["o2", ["register", "check"]], ["o3", ["register", "cancel"]]]));
  await visit.enter("?process=orders&view=rules");
  visit.expectsTrouble = true; // what has faults is a 422, what was overtaken a 412
  await visit.sees("There is no rule yet");
  await triesANewRule(visit);
  await page.getByLabel("The rule, as JSON or YAML").fill(right);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "cancelled" }).waitFor();
  await visit.post({ process: "orders", case_id: "o4", activity: "cancel", timestamp: new Date(Date.now() + 1_000).toISOString() });
  await page.getByLabel("Views").getByRole("link", { name: "Alerts" }).click();
  await page.getByRole("row", { name: /^o4 cancelled · o4 was cancelled rule .* error/ }).waitFor();
  await page.getByLabel("Views").getByRole("link", { name: "Rules" }).click();
  await page.getByRole("button", { name: "cancelled", exact: true }).click();
  await isOvertaken(visit);
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await page.getByRole("button", { name: "Withdraw it" }).click();
  await visit.sees("There is no rule yet");
  await until(async () => (await visit.call("GET", "/v1/rules")).documents.length === 0, "the rule to be withdrawn");
}

/// Who may not write sees what holds, and no button that would be refused.
export async function readsARule(visit) {
  const { page } = visit;
  await visit.call("PUT", "/v1/rules/cancelled", JSON.parse(right));
  visit.house.user("eve", visit.workspace, "viewer");
  visit.expectsTrouble = true; // who is not signed in: 401
  await page.goto(`${visit.house.url}/?view=rules${visit.house.link("eve").slice(1)}`);
  await page.getByRole("button", { name: "cancelled", exact: true }).click();
  const text = page.getByLabel("The rule, as JSON or YAML");
  assert.deepEqual(JSON.parse(await text.inputValue()), JSON.parse(right));
  assert.equal(await text.isEditable(), false);
  for (const name of ["Check and try", "Save", "Withdraw"]) assert.equal(await page.getByRole("button", { name }).count(), 0, name);
  await page.getByRole("button", { name: "All rules" }).click();
  await page.getByRole("button", { name: "cancelled", exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "New rule" }).count(), 0);
}
