// Promises run down, alerts come up, and somebody handles them.

export async function watchesPromises(visit) {
  const { page } = visit;
  await visit.post([{ process: "support", case_id: "old", activity: "noted", timestamp: new Date(Date.now() - 9e6).toISOString() }]);
  await visit.enter("?process=support&view=sla");
  await visit.sees("Nothing is promised yet");
  const is = (activity) => ({ path: "activity", op: "eq", value: activity });
  const target = (name, reply, when) => ({ name, ...(when && { when }), promises: { reply } });
  await visit.call("PUT", "/v1/sla-policies/desk", {
    metrics: { reply: { start: is("asked"), stop: is("answered") } },
    targets: [target("gold", "2s", { path: "case.attr.tier", op: "eq", value: "gold" }), target("others", "2h")],
  });
  await new Promise((done) => setTimeout(done, 500)); // in force from a tick on
  const asked = (id, more) => ({ process: "support", case_id: id, activity: "asked", timestamp: new Date().toISOString(), ...more });
  await visit.post([asked("t1", { attributes: { tier: "gold" } }), asked("t2")]);
  await page.getByRole("row", { name: /^t2 desk · reply others in 2 h running/ }).waitFor();
  await page.getByRole("row", { name: /^t1 desk · reply gold \d+ s over breached/ }).waitFor();
  await page.getByRole("row", { name: /^desk reply gold – 1 0 1 0/ }).waitFor();
  await visit.post([{ ...asked("t2"), activity: "answered" }]);
  await page.getByRole("row", { name: /^desk reply others 100 % 0 0 0 1/ }).waitFor();
  await page.getByRole("row", { name: /^t2/ }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "t1", exact: true }).click();
  await page.getByRole("dialog", { name: "Case t1" }).waitFor();
}

export async function hearsOfAlerts(visit) {
  const { page } = visit;
  await visit.post([{ process: "support", case_id: "old", activity: "noted", timestamp: new Date(Date.now() - 9e6).toISOString() }]);
  await visit.enter("?process=support&view=alerts");
  await visit.sees("Nothing needs anybody");
  const is = (activity) => ({ path: "activity", op: "eq", value: activity });
  await visit.call("PUT", "/v1/sla-policies/desk", {
    metrics: { reply: { start: is("asked"), stop: is("answered") } },
    targets: [{ name: "all", promises: { reply: "2s" }, warnings: [{ percent: 50 }] }],
  });
  await visit.call("PUT", "/v1/rules/noted", { when: is("noted"), then: [{ type: "alert", severity: "info", title: "{case.id} was noted" }] });
  await new Promise((done) => setTimeout(done, 500)); // in force from a tick on
  const event = (id, activity) => ({ process: "support", case_id: id, activity, timestamp: new Date().toISOString() });
  await visit.post([event("t1", "asked"), event("t2", "noted")]);
  await page.getByRole("row", { name: /^t1 desk · reply all .* warning/ }).waitFor();
  await page.getByRole("row", { name: /^t1 desk · reply all .* over breached/ }).waitFor();
  await page.getByRole("row", { name: /^t2 noted · t2 was noted rule .* info/ }).waitFor();
  await visit.post([event("t1", "answered")]);
  await page.getByRole("row", { name: /^t1/ }).waitFor({ state: "detached" });
  await page.getByText("Over", { exact: true }).click();
  await page.getByRole("row", { name: /^t1 desk · reply all .* ended late/ }).waitFor();
  await page.getByText("Who was told", { exact: true }).click();
  await visit.sees("Nobody was told anything");
}

export async function handlesAnAlert(visit) {
  const { page } = visit;
  const is = (activity) => ({ path: "activity", op: "eq", value: activity });
  await visit.call("PUT", "/v1/sla-policies/desk", {
    metrics: { reply: { start: is("asked"), stop: is("answered") } }, targets: [{ name: "all", promises: { reply: "1s" } }],
  });
  const event = (id) => ({ process: "support", case_id: id, activity: "asked", timestamp: new Date(Date.now() - 9e4).toISOString() });
  await visit.post([event("t1"), event("t2")]);
  await visit.enter("?process=support&view=alerts");
  await page.getByRole("row", { name: /^t1 .* breached/ }).getByRole("button", { name: /desk/ }).click();
  const sheet = page.getByRole("dialog", { name: "Alert" });
  await sheet.getByLabel("Note").fill("I call them");
  await sheet.getByRole("button", { name: "Take on" }).click();
  await sheet.getByText(/Taken on.*: I call them/).waitFor();
  await sheet.getByLabel("Why").fill("waits for a part");
  await sheet.getByRole("button", { name: "Silence" }).click();
  await sheet.getByText(/^Nobody is told of it until/).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  await page.getByRole("row", { name: /^t1 .* silenced/ }).waitFor();
  await page.getByText("Silences", { exact: true }).click();
  await page.getByRole("row", { name: /case = t1 active .* waits for a part/ }).getByRole("button").click();
  await visit.sees("Nothing is silenced");
  await page.getByRole("row", { name: /^t1 .* taken on/ }).waitFor();
  await page.getByRole("row", { name: /^t2 / }).getByRole("button", { name: /desk/ }).click();
  await sheet.getByRole("button", { name: "Resolve" }).click();
  await sheet.getByText(/^Resolved/).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  await page.getByRole("row", { name: /^t2/ }).waitFor({ state: "detached" });
}
