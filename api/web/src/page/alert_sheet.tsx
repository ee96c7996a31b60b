// One alert: what happened to it, and what can be done about it; and the silences that hold alerts back.
import { useState } from "preact/hooks";
import { stateOfAlert } from "../clocks";
import type { Alert, AlertWithHistory, Silence, Silences } from "../contract";
import { exactly, when } from "../format";
import { ask } from "../request";
import { mayAct } from "./account";
import { useAsked } from "./asking";
import { Dialog } from "./dialog";
import { done, failed } from "./notice";
import { Empty, Trouble, Waiting } from "./state_of";

const json = { "content-type": "application/json" };

/// `user:ann` is Ann; a token is named by its id.
export const who = (actor: string): string => actor.startsWith("user:") ? actor.slice(5) : `token ${actor.slice(0, 8)}`;

async function send(path: string, method: string, body: object | null, told: string): Promise<boolean> {
  try {
    await ask(path, { method, ...(body ? { headers: json, body: JSON.stringify(body) } : {}) });
    done(told);
    return true;
  } catch (fault) {
    failed("That did not work", fault);
    return false;
  }
}

const saidOf: Record<AlertWithHistory["history"][number]["step"], string> = {
  warning: "Warning", breached: "Breached", fired: "Fired", escalated: "Escalated", acknowledged: "Taken on", ended: "Ended",
};

function History({ alert }: { alert: AlertWithHistory }) {
  return (
    <ol class="timeline" aria-label="History">
      {alert.history.map((one, at) => (
        <li key={at} class="step">
          <div class="step-body">
            <p class="step-head"><b>{one.step === "ended" && one.by ? "Resolved" : saidOf[one.step]}{one.by && ` by ${who(one.by)}`}{one.note && `: ${one.note}`}</b></p>
            <p class="step-when"><time dateTime={one.at}>{exactly(one.at)}</time>{one.notify.length > 0 && ` · ${one.notify.join(", ")}`}{one.held_until && ` · held back until ${exactly(one.held_until)}`}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

const hours: [number, string][] = [[1, "1 h"], [4, "4 h"], [24, "a day"], [168, "a week"]];

/// What one may want to hear nothing of, from the least on.
function meantBy(alert: Alert): [string, { label: string; value: string }[]][] {
  const name = { label: "name", value: alert.name };
  if (alert.case === null) return [[alert.name, [{ label: "source", value: alert.source }, name]]];
  const process = { label: "process", value: alert.process ?? "" };
  const metric = { label: "metric", value: alert.metric };
  return [
    ["this case", [process, { label: "case", value: alert.case }]],
    [alert.metric ? `${alert.name} · ${alert.metric}` : alert.name, [process, name, ...(alert.metric ? [metric] : [])]],
    [`all of ${alert.process}`, [process]],
  ];
}

function SilenceForm({ alert, again }: { alert: Alert; again: () => void }) {
  const choices = meantBy(alert);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const ends_at = new Date(Date.now() + Number(given.get("hours")) * 3_600_000).toISOString();
    const comment = String(given.get("comment")).trim();
    const matchers = choices[Number(given.get("meant"))]![1];
    if (await send("/v1/silences", "POST", { matchers, ends_at, ...(comment ? { comment } : {}) }, `Silent until ${exactly(ends_at)}.`)) again();
  };
  return (
    <form class="row wrap" aria-label="Silence" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
      <select name="meant" aria-label="What to silence">{choices.map(([text], at) => <option key={text} value={at}>{text}</option>)}</select>
      <select name="hours" aria-label="For how long">{hours.map(([count, text]) => <option key={count} value={count}>{text}</option>)}</select>
      <input name="comment" aria-label="Why" placeholder="why" autocomplete="off" maxLength={1000} />
      <button type="submit">Silence</button>
    </form>
  );
}

function Deeds({ alert, again }: { alert: Alert; again: () => void }) {
  const [note, setNote] = useState("");
  const handle = async (deed: "acknowledge" | "resolve", told: string): Promise<void> => {
    const said = note.trim();
    if (await send(`/v1/alerts/${encodeURIComponent(alert.id)}/${deed}`, "POST", said ? { note: said } : null, told)) {
      setNote("");
      again();
    }
  };
  return (
    <div class="row wrap">
      <input aria-label="Note" placeholder="note" autocomplete="off" maxLength={1000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      <button type="button" onClick={() => void handle("acknowledge", "You have it in hand.")}>Take on</button>
      <button type="button" onClick={() => void handle("resolve", "It is resolved.")}>Resolve</button>
    </div>
  );
}

export function AlertSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, problem, again } = useAsked<AlertWithHistory>(`/v1/alerts/${encodeURIComponent(id)}`, "always");
  const soon = (): void => { setTimeout(again, 300); };  // when the views have it
  return (
    <Dialog title="Alert" onClose={onClose}>
      {!data ? (problem ? <Trouble problem={problem} /> : <Waiting />) : (
        <>
          <p><span class={`state ${stateOfAlert(data).look}`}>{stateOfAlert(data).text}</span> <strong>{data.case ?? data.process ?? "engine"}</strong> · {data.name} · {data.title}</p>
          {data.silenced_until && <p class="sheet-note">Nobody is told of it until {exactly(data.silenced_until)}.</p>}
          {data.ended === null && mayAct() && (
            <>
              <Deeds alert={data} again={soon} />
              {!data.silenced_until && <SilenceForm alert={data} again={soon} />}
            </>
          )}
          <History alert={data} />
        </>
      )}
    </Dialog>
  );
}

const written = (one: Silence["document"]["matchers"][number]): string => `${one.label} ${one.op ?? "="} ${one.value}`;

export function SilenceList() {
  const { data, problem, again } = useAsked<Silences>("/v1/silences?limit=200", "always");
  if (!data) return problem ? <Trouble problem={problem} /> : <Waiting />;
  const some = data.silences.filter((one) => one.state !== "expired");
  if (some.length === 0) return <Empty title="Nothing is silenced">An alert that is opened can be silenced, alone or with its like.</Empty>;
  const end = async (name: string): Promise<void> => {
    if (await send(`/v1/silences/${name}`, "DELETE", null, "The silence is over.")) again();
  };
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Silences, scrollable">
      <table class="cases">
        <thead><tr><th scope="col">Alerts</th><th scope="col">State</th><th scope="col">Until</th><th scope="col">Why</th><th scope="col">Who</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>
          {some.map(({ name, state, document }) => (
            <tr key={name}>
              <th scope="row">{document.matchers.map(written).join(", ")}</th>
              <td>{state}</td><td><time dateTime={document.ends_at}>{when(document.ends_at)}</time></td>
              <td>{document.comment}</td><td>{document.created_by && who(document.created_by)}</td>
              <td class="num">{mayAct() && <button type="button" aria-label={`End ${name}`} onClick={() => void end(name)}>End now</button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
