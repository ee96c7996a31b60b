// What a rule would have done on the cases that are there, against the rule that holds.
import type { Explanation, RuleFiring, RuleTest } from "../contract";
import { counted, exactly, shorten, whole } from "../format";
import { go } from "../place";

/// How many firings of each list are asked for.
export const firingsMost = 50;
export const beforeChanges = "of the text before your last changes";
const words = { true: "holds", false: "does not hold", null: "unknown" };

function Why({ node }: { node: Explanation }) {
  return (
    <li>
      <span class={`state ${node.result ? "done" : ""}`}>{words[`${node.result}`]}</span> <code>{node.what}</code>
      {!node.parts && <span class="hint"> {node.fact === null ? "of nothing" : `of ${shorten(JSON.stringify(node.fact), 160)}`}</span>}
      {node.parts && <ul>{node.parts.map((part, at) => <Why key={at} node={part} />)}</ul>}
    </li>
  );
}

function Firing({ firing }: { firing: RuleFiring }) {
  return (
    <li class="letter">
      <div class="row wrap">
        <button type="button" class="link" title={`Open case ${firing.case}`} onClick={() => go({ view: "cases", caseId: firing.case, rule: undefined })}>{firing.case}</button>
        <time class="hint" dateTime={firing.at}>{exactly(firing.at)}</time>
      </div>
      {firing.deeds.map((deed, at) => (
        <p key={at}><code class="tag">{deed.type === "alert" ? deed.severity : "message"}</code> {deed.title}{deed.notify.length > 0 && <span class="hint"> to {deed.notify.join(", ")}</span>}</p>
      ))}
      {firing.why && <details><summary>Why</summary><ul class="why"><Why node={firing.why} /></ul></details>}
    </li>
  );
}

function Firings({ title, firings, total }: { title: string; firings: RuleFiring[]; total: number | null }) {
  if (firings.length === 0) return null;
  const count = total === null ? `the first ${firings.length}` : total > firings.length ? `${firings.length} of ${whole(total)}` : whole(total);
  return (
    <section aria-label={title}>
      <h3 class="pad">{title} <span class="hint">{count}</span></h3>
      <ul class="letters">{firings.map((one) => <Firing key={`${one.case} ${one.at}`} firing={one} />)}</ul>
    </section>
  );
}

/// `compared`: with a rule that holds.
export function Trial({ trial, compared, outdated }: { trial: RuleTest; compared: boolean; outdated: boolean }) {
  const isNew = trial.fired - trial.same;
  return (
    <section class="panel" aria-label="What it would do">
      <header class="panel-head"><h2>What it would do</h2><span class="panel-note">{outdated ? beforeChanges : "nothing was changed, nobody was told"}</span></header>
      <div class="pad" role="status">
        <p>
          Tried on {counted(trial.cases, "case", "cases", whole)} of <b>{trial.process}</b>: it fires <b>{counted(trial.fired, "time", "times", whole)}</b>.
          {compared && (trial.fired === trial.same && trial.gone.length === 0 ? " So does the rule that holds." : ` ${whole(trial.same)} as the rule that holds, ${whole(isNew)} added, ${trial.gone.length === firingsMost ? `${firingsMost} or more` : trial.gone.length} gone.`)}
          {trial.reworded > 0 && ` ${whole(trial.reworded)} say something else.`}
        </p>
        {!trial.all_cases && <p class="hint">Not all cases: it ended at what one trial may take.</p>}
      </div>
      <Firings title={compared ? "Added" : "It would fire"} firings={trial.added} total={isNew} />
      <Firings title="Gone" firings={trial.gone} total={trial.gone.length === firingsMost ? null : trial.gone.length} />
    </section>
  );
}
