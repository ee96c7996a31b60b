import assert from "node:assert/strict";
import { test } from "node:test";
import { chipsOf, emptyPlace, noFilter, placeOf, queryOf, searchOf, subscriptionFilterOf } from "../../api/web/src/address";

const full = {
  ...emptyPlace(),
  process: "orders",
  view: "cases" as const,
  caseId: "a&b=c #1",
  rule: "",
  metric: "p90" as const,
  second: "count" as const,
  activities: 0.25,
  paths: 0,
  against: { from: "2026-01-01T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z" },
  filter: {
    from: "2026-03-01T00:00:00.000Z",
    to: "2026-04-01T00:00:00.000Z",
    window: "started" as const,
    activity: ["Pay & ship", "ü"],
    resource: [""],
    variant: ["0123456789abcdef0123456789abcdef"],
    attribute: [["region", "north"], ["region", "south"]] as [string, string][],
    lifecycle: true,
  },
};

test("an address says everything that the page shows, both ways", () => {
  assert.deepEqual(placeOf(searchOf(full)), full);
  assert.equal(searchOf(emptyPlace()), "");
});

test("an address that nobody understands is the first page", () => {
  assert.deepEqual(placeOf("?process=../etc&view=x&from=yesterday&variant=zz&activities=900&metric=hot&attr.=1&rule=A%20b"), emptyPlace());
});

test("a window without times is no filter", () => {
  assert.equal(queryOf({ ...noFilter(), window: "contained" }).toString(), "");
});

test("each chip takes away its own part alone", () => {
  const chips = chipsOf(full.filter, (moment) => moment.slice(0, 10));
  assert.deepEqual(chips.map((chip) => `${chip.label}: ${chip.value}`), [
    "cases started: 2026-03-01 – 2026-04-01", "with: Pay & ship", "with: ü", "by: ", "variant: 01234567",
    "region: north", "region: south", "lifecycle: completes only"]);
  for (const chip of chips) assert.equal(chipsOf(chip.without, () => "x").length, chips.length - 1);
  assert.deepEqual(chips[1]!.without.activity, ["ü"]);
});

test("what may be repeated goes to the socket as a list", () => {
  assert.deepEqual(subscriptionFilterOf(queryOf(full.filter)), {
    from: full.filter.from, to: full.filter.to, window: "started", activity: ["Pay & ship", "ü"], resource: [""],
    variant: full.filter.variant, "attr.region": ["north", "south"], lifecycle: "complete",
  });
});
