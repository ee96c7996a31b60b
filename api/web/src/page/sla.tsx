// What is promised, and how it stands: each target's share of promises kept, the clocks that are over, and those that are
// due next, counted down here.
import { countdown, urgencyOf } from "../clocks";
import type { Clock, Sla, SlaTally } from "../contract";
import { counted, exactly, percent, whole } from "../format";
import { useLive } from "../live/live";
import { go, place } from "../place";
import { now } from "./now";
import { Empty, Trouble, Waiting } from "./state_of";

const most = 100;
const shown = new URLSearchParams({ limit: String(most) });

function Share({ tally }: { tally: SlaTally }) {
  const share = tally.met_share;
  return (
    <td class="num sla-share">
      {share !== null && <svg class="variant-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="variant-own" width={share * 100} height={4} rx={2} /></svg>}
      {percent(share)}
    </td>
  );
}

function Targets({ sla }: { sla: Sla }) {
  const rows = sla.policies.flatMap((policy) => policy.metrics.flatMap((metric) => metric.targets.map((tally) => ({ policy: policy.name, metric: metric.name, tally }))));
  return (
    <section class="panel" aria-label="Targets">
      <header class="panel-head"><h2>Targets</h2><span class="panel-note">{counted(sla.policies.length, "policy", "policies")}</span></header>
      <div class="scroll" tabIndex={0} role="region" aria-label="Targets, scrollable">
        <table class="cases">
          <thead>
            <tr><th scope="col">Policy</th><th scope="col">Metric</th><th scope="col">Target</th><th scope="col" class="num">Met</th><th scope="col" class="num">Running</th><th scope="col" class="num">Paused</th><th scope="col" class="num">Breached</th><th scope="col" class="num">Fulfilled</th></tr>
          </thead>
          <tbody>
            {rows.map(({ policy, metric, tally }) => (
              <tr key={`${policy}/${metric}/${tally.name}`}>
                <td>{policy}</td><td>{metric}</td><td>{tally.name}</td>
                <Share tally={tally} />
                <td class="num">{whole(tally.running)}</td><td class="num">{whole(tally.paused)}</td>
                <td class="num">{whole(tally.breached)}</td><td class="num">{whole(tally.met + tally.met_late)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ clock }: { clock: Clock }) {
  const urgency = urgencyOf(clock, now.value);
  return (
    <tr>
      <th scope="row"><button type="button" class="link" title={clock.case} onClick={() => go({ view: "cases", caseId: clock.case })}>{clock.case}</button></th>
      <td>{clock.policy} · {clock.metric}</td><td>{clock.target}</td>
      <td class="num"><time dateTime={clock.due ?? undefined} title={clock.due ? exactly(clock.due) : ""}>{countdown(clock, now.value)}</time></td>
      <td><span class={`state ${urgency}`}>{urgency === "soon" ? "due soon" : urgency}</span></td>
    </tr>
  );
}

function Clocks({ title, clocks, none }: { title: string; clocks: Clock[]; none: string }) {
  const counts = clocks.length < most ? counted(clocks.length, "clock") : `the first ${most}`;
  return (
    <section class="panel sla-clocks" aria-label={title}>
      <header class="panel-head"><h2>{title}</h2><span class="panel-note">{counts}</span></header>
      {clocks.length === 0 ? <Empty title={none} /> : (
        <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, scrollable`}>
          <table class="cases">
            <thead><tr><th scope="col">Case</th><th scope="col">Promise</th><th scope="col">Target</th><th scope="col" class="num">Due</th><th scope="col">State</th></tr></thead>
            <tbody>{clocks.map((clock) => <Row key={clock.id} clock={clock} />)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function SlaBoard() {
  const { data, problem } = useLive("sla", place.value.process, shown);
  if (problem) return <Trouble problem={problem} />;
  if (!data) return <Waiting />;
  if (data.policies.length === 0) {
    return <Empty title="Nothing is promised yet">An SLA policy is put at <code>PUT /v1/sla-policies/NAME</code>, as JSON or YAML.</Empty>;
  }
  return (
    <div class="sla-board">
      <Targets sla={data} />
      <Clocks title="Overdue" clocks={data.overdue} none="Nothing is overdue" />
      <Clocks title="Due next" clocks={data.clocks} none="Nothing is waiting" />
    </div>
  );
}
