// Alerts that go on, live; those that are over; and who was told what of them.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { countdownTo, stateOfAlert } from "../clocks";
import type { Alert, Alerts, Deliveries, Delivery } from "../contract";
import { counted, exactly } from "../format";
import { useLive } from "../live/live";
import { go, place } from "../place";
import { AlertSheet, SilenceList, who } from "./alert_sheet";
import { useAsked } from "./asking";
import { now } from "./now";
import { Empty, Trouble, Waiting } from "./state_of";

const most = 200;
const shown = new URLSearchParams({ limit: String(most) });

/// Of no case: what a threshold measures.
function Whose({ alert }: { alert: Alert }) {
  const caseId = alert.case;
  if (caseId === null) return <>{alert.process ?? "engine"}</>;
  return <button type="button" class="link" title={caseId} onClick={() => go({ view: "cases", caseId })}>{caseId}</button>;
}

/// The alert that is looked at.
const opened = signal<string | null>(null);

function Row({ alert }: { alert: Alert }) {
  const state = stateOfAlert(alert);
  return (
    <tr>
      <th scope="row"><Whose alert={alert} /></th>
      <td><button type="button" class="link" onClick={() => { opened.value = alert.id; }}>{alert.name} · {alert.title}{alert.number > 1 && ` · ${alert.number}`}</button></td><td>{alert.source === "sla" ? alert.promise : alert.source}</td>
      <td><time dateTime={alert.since}>{exactly(alert.since)}</time></td>
      <td class="num">{alert.ended ? <time dateTime={alert.ended}>{exactly(alert.ended)}</time> : alert.source === "sla" && countdownTo(alert.due, now.value)}</td>
      <td><span class={`state ${state.look}`}>{state.text}</span>{alert.acknowledged && <span class="hint"> {who(alert.acknowledged.by)}</span>}</td>
    </tr>
  );
}

function Table({ title, alerts, last }: { title: string; alerts: Alert[]; last: string }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, scrollable`}>
      <table class="cases">
        <thead><tr><th scope="col">Case</th><th scope="col">What</th><th scope="col">Target</th><th scope="col">Since</th><th scope="col" class="num">{last}</th><th scope="col">State</th></tr></thead>
        <tbody>{alerts.map((alert) => <Row key={alert.id} alert={alert} />)}</tbody>
      </table>
    </div>
  );
}

function Open() {
  const { data, problem } = useLive("alerts", place.value.process, shown);
  if (problem) return <Trouble problem={problem} />;
  if (!data) return <Waiting />;
  const count = data.next ? `the newest ${most}` : counted(data.alerts.length, "alert");
  return (
    <section class="panel" aria-label="Alerts">
      <header class="panel-head"><h2>Alerts</h2><span class="panel-note">{count}</span></header>
      {data.alerts.length === 0 ? <Empty title="Nothing needs anybody">A promise that comes near its end, or misses it, appears here at once.</Empty>
        : <Table title="Alerts" alerts={data.alerts} last="Due" />}
    </section>
  );
}

function Over() {
  const { data, problem } = useAsked<Alerts>(`/v1/alerts?state=ended&limit=50&process=${place.value.process}`, true);
  if (!data) return problem ? <Trouble problem={problem} /> : <Waiting />;
  return data.alerts.length === 0 ? <Empty title="None is over" /> : <Table title="Alerts that are over" alerts={data.alerts} last="Ended" />;
}

function Told({ delivery }: { delivery: Delivery }) {
  const how = delivery.outcome === "delivered" ? "done" : delivery.outcome === "again" ? "soon" : "breached";
  const answer = [delivery.status || "", delivery.detail].filter(Boolean).join(" · ");
  return (
    <tr>
      <td><time dateTime={delivery.began}>{exactly(delivery.began)}</time></td>
      <td>{delivery.target}</td><td>{delivery.title}</td><td class="num">{delivery.attempt}</td>
      <td><span class={`state ${how}`} title={answer}>{delivery.outcome.replace("_", " ")}</span></td>
    </tr>
  );
}

function ToldList() {
  const { data, problem } = useAsked<Deliveries>("/v1/deliveries?limit=50", "always");
  if (!data) return problem ? <Trouble problem={problem} /> : <Waiting />;
  if (data.deliveries.length === 0) return <Empty title="Nobody was told anything">A policy names in <code>notify</code> who is to hear of it.</Empty>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Who was told, scrollable">
      <table class="cases">
        <thead><tr><th scope="col">When</th><th scope="col">Target</th><th scope="col">What</th><th scope="col" class="num">Attempt</th><th scope="col">Outcome</th></tr></thead>
        <tbody>{data.deliveries.map((one) => <Told key={`${one.id}/${one.target}/${one.attempt}`} delivery={one} />)}</tbody>
      </table>
    </div>
  );
}

/// Opened when somebody asks for it, so that nothing is fetched that nobody looks at.
function Drawer({ title, children }: { title: string; children: () => JSX.Element }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="panel" aria-label={title}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}><summary class="panel-head"><h2>{title}</h2></summary>{isOpen && children()}</details>
    </section>
  );
}

export function AlertDesk() {
  return (
    <div class="sla-board">
      <Open />
      <Drawer title="Over">{() => <Over />}</Drawer>
      <Drawer title="Silences">{() => <SilenceList />}</Drawer>
      <Drawer title="Who was told">{() => <ToldList />}</Drawer>
      {opened.value && <AlertSheet key={opened.value} id={opened.value} onClose={() => { opened.value = null; }} />}
    </div>
  );
}
