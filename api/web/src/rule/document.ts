// A rule as somebody writes it: JSON or YAML, where in it a fault is, and what a new one begins with. Pure.
import type { Problem } from "../contract";
import { breakOf, linesOf } from "./json_lines";

/// A fault beside the text; `line` counts from 1, null: which one is not known.
export interface PlacedFault {
  line: number | null;
  pointer: string;
  detail: string;
}

/// As the server tells them apart: what begins with a bracket is JSON.
const isJson = (text: string): boolean => /^\s*[[{]/.test(text);

export const mediaTypeOf = (text: string): string => (isJson(text) ? "application/json" : "application/yaml");

/// Any log has cases that it fires in, and a second event does not tell it again.
export const exampleOf = (process: string): object => ({
  ...(process ? { processes: [process] } : {}),
  when: { path: "case.events", op: "gte", value: 2 },
  then: [{ type: "alert", severity: "info", title: "{case.id} has come to {activity}" }],
  once_per: "case",
});

const widest = 72;

/// JSON as people write it: what fits into a line stands in one, but for the outermost.
export function written(value: unknown, indent = ""): string {
  const flat = JSON.stringify(value, null, 1).replace(/([[{])\n */g, "$1").replace(/\n *([\]}])/g, "$1").replace(/\n */g, " ");
  if (typeof value !== "object" || value === null || (indent && indent.length + flat.length <= widest)) return flat;
  const deeper = `${indent}  `;
  const list = Array.isArray(value);
  const parts = list ? value.map((one) => written(one, deeper))
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${written(one, deeper)}`);
  if (parts.length === 0) return flat;
  return `${list ? "[" : "{"}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${list ? "]" : "}"}`;
}

/// The same of what holds it, where it is not there itself.
function lineOf(lines: Map<string, number>, pointer: string): number | null {
  for (let place = pointer; place !== ""; place = place.slice(0, place.lastIndexOf("/"))) {
    const line = lines.get(place);
    if (line !== undefined) return line;
  }
  return lines.get("") ?? null;
}

/// Null: it is JSON, or YAML, which the server alone reads.
export function brokenAt(text: string): PlacedFault | null {
  const broken = isJson(text) ? breakOf(text) : null;
  return broken && { line: broken.line, pointer: "", detail: `${broken.wanted} must stand here` };
}

/// What the server said of the text; empty: it is about something else.
export function faultsOf(text: string, problem: Problem): PlacedFault[] {
  if (problem.faults) {
    const lines = isJson(text) ? linesOf(text) : new Map<string, number>();
    return problem.faults.map(({ pointer, detail }) => ({ line: lineOf(lines, pointer), pointer, detail }));
  }
  const ofYaml = problem.code === "invalid_document" ? /^line (\d+): ([^]*)$/.exec(problem.detail ?? "") : null;
  return ofYaml ? [{ line: Number(ofYaml[1]), pointer: "", detail: ofYaml[2]! }] : [];
}
