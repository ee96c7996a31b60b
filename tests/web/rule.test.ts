import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenAt, exampleOf, faultsOf, mediaTypeOf, written } from "../../api/web/src/rule/document";
import { breakOf, linesOf } from "../../api/web/src/rule/json_lines";

const text = `{
  "on": ["a, [b]",
         "c"],
  "when": {"all": [
    {"path": "activity", "op": "eq", "value": "}\\"{"},
    {"path": "attr.a/b~c", "op": "gt",
     "value": -1.5e3}
  ]},
  "attr": {"a/b~c": true}, "then": []
}`;
const invalid = { title: "", status: 422, code: "invalid_document" };

test("every value of a rule has its line, a member that of its name", () => {
  assert.deepEqual([...linesOf(text)], [
    ["", 1], ["/on", 2], ["/on/0", 2], ["/on/1", 3], ["/when", 4], ["/when/all", 4], ["/when/all/0", 5], ["/when/all/0/path", 5],
    ["/when/all/0/op", 5], ["/when/all/0/value", 5], ["/when/all/1", 6], ["/when/all/1/path", 6], ["/when/all/1/op", 6],
    ["/when/all/1/value", 7], ["/attr", 9], ["/attr/a~1b~0c", 9], ["/then", 9]]);
  assert.equal(linesOf('{\n"a":\n1}').get("/a"), 2);
});

test("a fault stands where its pointer leads, or at what should hold it", () => {
  const faults = ["/when/all/1/value", "/when/all/0/nothing/there", "/whenever", ""].map((pointer) => ({ pointer, detail: "is wrong" }));
  assert.deepEqual(faultsOf(text, { ...invalid, faults }).map((one) => one.line), [7, 5, 1, 1]);
  assert.deepEqual(faultsOf("when:\n  all: 1\n", { ...invalid, faults: [{ pointer: "/when/all", detail: "is wrong" }] }), [{ line: null, pointer: "/when/all", detail: "is wrong" }]);
});

test("what the server says of a line of YAML is told of that line, and other refusals are no faults of the text", () => {
  assert.deepEqual(faultsOf("a: *b", { ...invalid, detail: "line 1: anchors and aliases are not accepted" }), [{ line: 1, pointer: "", detail: "anchors and aliases are not accepted" }]);
  assert.deepEqual(faultsOf("a: 1", { ...invalid, code: "forbidden", status: 403, detail: "line 1: no" }), []);
});

test("what begins with a bracket is JSON, and is told where it breaks", () => {
  assert.deepEqual(["{}", " \n[1]", "on: a", "- {}", ""].map(mediaTypeOf).map((type) => type.slice(12)), ["json", "json", "yaml", "yaml", "yaml"]);
  assert.equal(brokenAt("on: [a"), null);
  assert.equal(brokenAt(text), null);
  assert.deepEqual(brokenAt('{\n"a": 1,\n"b": x}'), { line: 3, pointer: "", detail: "a value must stand here" });
});

test("JSON breaks at the first token that does not fit", () => {
  const found = (json: string): string => { const at = breakOf(json); return at ? `${at.line} ${at.wanted}` : ""; };
  assert.deepEqual(["[1, -2.5e3, {}, [], null]", '{\n"a": 1\n', '{"a"\n1}', '{"a": 1\n"b": 2}', "[1\n2]", "[1,\n]", '{"a": 1,\n}', "{\na: 1}", "{}\n{}", '["a\n"]', "[\n01]",
    '["\\q"]', "[1}", "{]", "[\u00a01]"].map(found), [
    "", "2 a comma or }", "2 a colon", "2 a comma or }", "2 a comma or ]", "2 a value", "2 a name", "2 a name or }", "2 nothing more", "1 a value or ]", "2 a value or ]",
    "1 a value or ]", "1 a comma or ]", "1 a name or }", "1 a value or ]"]);
});

test("JSON is written in lines that one can read, and says the same", () => {
  assert.equal(written({ when: { path: "activity", op: "eq", value: "a\n b" }, then: [], on: ["x"] }),
    '{\n  "when": {"path": "activity", "op": "eq", "value": "a\\n b"},\n  "then": [],\n  "on": ["x"]\n}');
  assert.equal(written({}), "{}");
  const deep = { all: Array.from({ length: 9 }, (_, at) => ({ path: `attr.${"x".repeat(at)}`, op: "in", value: [at, "{", null] })) };
  assert.deepEqual(JSON.parse(written(deep)), deep);
  assert.ok(written(deep).split("\n").every((line) => line.length < 100));
});

test("a new rule begins with one that is for the process that is shown", () => {
  assert.match(written(exampleOf("orders")), /^\{\n {2}"processes": \["orders"\],\n/);
  assert.doesNotMatch(written(exampleOf("")), /processes/);
});
