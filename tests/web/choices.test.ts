import assert from "node:assert/strict";
import { test } from "node:test";
import type { Preview } from "../../api/web/src/contract";
import { assign, fieldOf, missing, noChoices, processOf, queryOf, recall, remember } from "../../api/web/src/upload/choices";

const preview: Preview = {
  format: "csv", sheet: null, sheets: [], columns: ["A", "B", "C"], mapping: [{ field: "case_id", column: "A" }, { field: "resource", column: "B" }],
  schema_fingerprint: "f", rows: [], events: [], asks: [], failure: null, errors: [],
};

function store(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name), clear: () => kept.clear(), key: () => null, get length() { return kept.size; },
  };
}

test("a column's new meaning takes it from where it was", () => {
  assert.equal(fieldOf(preview, "B"), "resource");
  assert.deepEqual(missing(preview), ["activity", "timestamp"]);
  const chosen = assign(noChoices(), preview, "B", "activity");
  assert.equal(queryOf(chosen).toString(), "map=resource%3D&map=activity%3DB");
  assert.deepEqual(assign(chosen, preview, "A", "").map, { resource: null, activity: "B", case_id: null });
});

test("what was chosen is remembered for the same columns, and old ones are forgotten", () => {
  const kept = store();
  const chosen = { ...noChoices(), process: "p", zone: "UTC" };
  remember("f", chosen, kept);
  assert.deepEqual(recall("f", kept), chosen);
  assert.equal(recall("g", kept), null);
  assert.equal(recall(null, kept), null);
  for (let at = 0; at < 60; ++at) remember(`f${at}`, chosen, kept);
  assert.equal(recall("f", kept), null);
  assert.deepEqual(recall("f59", kept), chosen);
  assert.ok(kept.length <= 51);
});

test("a sheet belongs to its file and is not remembered", () => {
  const kept = store();
  const chosen = { ...noChoices(), sheet: "March 1", zone: "UTC" };
  assert.equal(queryOf(chosen).toString(), "zone=UTC&sheet=March+1");
  remember("f", chosen, kept);
  assert.deepEqual(recall("f", kept), { ...chosen, sheet: "" });
});

test("a process is named like its file", () => {
  assert.deepEqual(["Orders 2026.csv", "a.b.XES.gz", "Größe.csv", "….csv", "Q1.XLSX"].map(processOf), ["orders-2026", "a-b", "gr-e", "default", "q1"]);
});
