// How fast the demo goes; nothing where there is none.
import { useState } from "preact/hooks";
import type { Demo } from "../contract";
import { ask } from "../request";
import { useAsked } from "./asking";
import { failed } from "./notice";

const speeds = [0.1, 0.5, 1, 2, 5, 10, 20];

export function DemoDial() {
  const { data } = useAsked<Demo>("/v1/demo", "always");
  const [own, setOwn] = useState<Demo | null>(null);
  const demo = own ?? data;
  if (!demo?.active) return null;
  const set = async (change: { speed?: number; paused?: boolean }): Promise<void> => {
    try {
      setOwn(await ask<Demo>("/v1/demo", { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(change) }));
    } catch (fault) {
      failed("The demo did not change", fault);
    }
  };
  const value = demo.paused ? "paused" : String(speeds.find((speed) => speed === demo.speed) ?? 1);
  return (
    <label class="choice demo-dial"><span class="wide-only">{demo.caught_up ? "Demo" : "Demo, loading its past"}</span>
      <select aria-label="Speed of the demo" value={value} onChange={(event) => {
        const chosen = event.currentTarget.value;
        void set(chosen === "paused" ? { paused: true } : { speed: Number(chosen), paused: false });
      }}>
        {speeds.map((speed) => <option key={speed} value={String(speed)} selected={String(speed) === value}>{speed} ×</option>)}
        <option value="paused" selected={value === "paused"}>paused</option>
      </select>
    </label>
  );
}
