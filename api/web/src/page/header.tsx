// What stands above every view: which process, how fresh, who, and the way to a file.
import { useEffect, useRef } from "preact/hooks";
import { age, exactly } from "../format";
import { type View } from "../address";
import { asOf, connection, heard } from "../live/live";
import { go, place } from "../place";
import { noFilter } from "../address";
import { Account, isAdmin } from "./account";
import { Icon, Logo } from "./icons";
import { DemoDial } from "./demo_dial";
import { now } from "./now";
import { isDark, toggleTheme } from "./theme";

const staleMs = 15_000;

/// Live, or since when not: said in words, not by colour alone.
export function Freshness() {
  const lost = connection.value === "lost";
  const behind = asOf.value ? now.value - Date.parse(asOf.value) : 0;
  const word = connection.value === "connecting" ? "Connecting" : lost ? "Connection lost" : "Live";
  const since = lost ? `last heard ${age(heard.value || now.value, now.value)}` : asOf.value && behind > staleMs ? `data ${age(Date.parse(asOf.value), now.value)}` : "";
  return (
    <p class={`fresh ${lost ? "lost" : connection.value}`} role="status" title={asOf.value ? `Shown is what was known at ${exactly(asOf.value)}` : ""}>
      <span class="fresh-mark" aria-hidden="true" /><span class="fresh-word">{word}</span>{since && <span class="fresh-since">{since}</span>}
    </p>
  );
}

function ProcessSwitch({ names }: { names: string[] }) {
  const { process } = place.value;
  const all = process && !names.includes(process) ? [process, ...names] : names;
  if (process === "" && all[0]) queueMicrotask(() => go({ process: all[0]! }, true));
  return (
    <label class="process-switch">
      <span class="hidden">Process</span>
      <select value={process} onChange={(event) => go({ process: event.currentTarget.value, filter: noFilter(), caseId: undefined, activities: undefined, paths: undefined, against: undefined })}>
        {all.length === 0 && <option value="">no process yet</option>}
        {all.map((name) => <option key={name} value={name} selected={name === process}>{name}</option>)}
      </select>
    </label>
  );
}

const tabs: [View, string][] = [["overview", "Overview"], ["cases", "Cases"], ["sla", "SLA"], ["alerts", "Alerts"], ["rules", "Rules"], ["handover", "Handovers"], ["compare", "Compare"], ["refused", "Refused"], ["uploads", "Uploads"], ["people", "People"]];

/// `processes`: their names, as far as they are known.
export function Header({ processes, onUpload }: { processes: string[] | undefined; onUpload: () => void }) {
  const nav = useRef<HTMLElement>(null);
  const { view: shown } = place.value;
  useEffect(() => { nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); }, [shown]);
  return (
    <header class="top">
      <div class="top-bar">
        <a class="brand" href="/" aria-label="Weir, start page" onClick={(event) => { event.preventDefault(); go({ view: "overview", filter: noFilter(), caseId: undefined, rule: undefined }); }}><Logo /><span>Weir</span></a>
        <ProcessSwitch names={processes ?? []} />
        <Freshness />
        <div class="row end">
          <DemoDial />
          <button type="button" class="primary" aria-label="Upload a file" onClick={onUpload}><Icon name="upload" /><span class="wide-only">Upload a file</span></button>
          <button type="button" class="plain" aria-label={isDark.value ? "Light colours" : "Dark colours"} onClick={toggleTheme}><Icon name={isDark.value ? "sun" : "moon"} /></button>
          <Account />
        </div>
      </div>
      <nav class="tabs" aria-label="Views" ref={nav}>
        {tabs.filter(([view]) => view !== "people" || isAdmin()).map(([view, name]) => (
          <a key={view} href={`?view=${view}`} aria-current={place.value.view === view ? "page" : undefined}
            onClick={(event) => { if (event.ctrlKey || event.metaKey) return; event.preventDefault(); go({ view, caseId: undefined, rule: undefined }); }}>{name}</a>
        ))}
      </nav>
    </header>
  );
}
