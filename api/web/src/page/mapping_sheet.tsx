// A file before it is sent: its first rows, what each column is taken for, and what only a person can decide.
import { useEffect, useState } from "preact/hooks";
import type { Preview, Problem, Processes } from "../contract";
import { bytes, exactly, zone as ownZone } from "../format";
import { connection } from "../live/live";
import { problemBehind } from "../request";
import { assign, type Choices, type Field, fieldOf, fields, missing, noChoices, processOf, recall, required } from "../upload/choices";
import { previewOf } from "../upload/sending";
import { useAsked } from "./asking";
import { Dialog } from "./dialog";
import { Trouble, Waiting } from "./state_of";

const fieldName = (field: string): string => fields.find(([one]) => one === field)?.[1] ?? field;

interface Look {
  preview: Preview | null;
  problem: Problem | null;
}

/// What the server makes of the file's beginning, asked again with every correction.
function usePreview(file: File, choices: Choices): Look {
  const [look, setLook] = useState<Look>({ preview: null, problem: null });
  useEffect(() => {
    const ending = new AbortController();
    previewOf(file, choices, ending.signal)
      .then((preview) => setLook({ preview, problem: null }))
      .catch((fault: unknown) => {
        if (ending.signal.aborted) return;
        setLook((before) => ({ preview: before.preview, problem: problemBehind(fault) }));
      });
    return () => ending.abort();
  }, [file, choices, connection.value === "live"]); // again, when a server that was gone is back
  return look;
}

function Columns({ preview, choices, onChoices }: { preview: Preview; choices: Choices; onChoices: (choices: Choices) => void }) {
  return (
    <div class="scroll preview" tabIndex={0} role="region" aria-label="First rows of the file">
      <table>
        <thead>
          <tr>
            {preview.columns.map((column) => {
              const field = fieldOf(preview, column);
              return (
                <th key={column} scope="col" class={field ? "used" : ""}>
                  <span class="column-name">{column}</span>
                  <select aria-label={`Column ${column} is`} value={field} onChange={(event) => onChoices(assign(choices, preview, column, event.currentTarget.value as Field | ""))}>
                    <option value="" disabled={required.includes(field as Field)}>attribute</option>
                    {fields.map(([one, name]) => <option key={one} value={one} selected={one === field}>{name}</option>)}
                  </select>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row, at) => <tr key={at}>{row.map((value, column) => <td key={column} class={fieldOf(preview, preview.columns[column] ?? "") ? "used" : ""}>{value}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function Questions({ preview, choices, onChoices }: { preview: Preview; choices: Choices; onChoices: (choices: Choices) => void }) {
  const zones = Intl.supportedValuesOf("timeZone");
  const asksZone = preview.asks.includes("zone") || choices.zone !== "";
  const asksOrder = preview.asks.includes("date_order") || choices.dateOrder !== "";
  if (!asksZone && !asksOrder) return null;
  return (
    <div class="questions">
      {asksZone && (
        <label>The times have no zone. They are of
          <select name="zone" value={choices.zone} onChange={(event) => onChoices({ ...choices, zone: event.currentTarget.value })}>
            <option value="">choose…</option>
            <option value={ownZone()}>{ownZone()} (here)</option>
            <option value="UTC">UTC</option>
            {zones.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
      )}
      {asksOrder && (
        <fieldset class="row wrap">
          <legend>Dates like 03/04 can be read in two ways</legend>
          {([["day_first", "day first (3 April)"], ["month_first", "month first (March 4)"]] as const).map(([order, name]) => (
            <label class="row" key={order}><input type="radio" name="order" checked={choices.dateOrder === order} onChange={() => onChoices({ ...choices, dateOrder: order })} />{name}</label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Understood({ preview }: { preview: Preview }) {
  const [first] = preview.events;
  if (!first) return null;
  return (
    <p class="understood">Read as: case <b>{first.case_id}</b>, <b>{first.activity}</b>, {first.start && <>from {exactly(first.start)} to </>}<b>{exactly(first.timestamp)}</b>{first.resource && <>, by <b>{first.resource}</b></>}.</p>
  );
}

export function MappingSheet({ file, onSend, onClose }: {
  file: File; onSend: (process: string, choices: Choices, fingerprint: string | null) => void; onClose: () => void;
}) {
  const [choices, setChoices] = useState<Choices>(noChoices);
  const [recalled, setRecalled] = useState(false);
  const { preview, problem } = usePreview(file, choices);
  const known = useAsked<Processes>("/v1/processes?limit=1000");
  const fingerprint = preview?.schema_fingerprint ?? null;
  useEffect(() => {
    const known = recall(fingerprint, localStorage);
    if (!known) return;
    setChoices((now) => ({ ...known, sheet: now.sheet }));
    setRecalled(true);
  }, [fingerprint]);
  const lacking = preview ? missing(preview) : [];
  const mapped = preview !== null && (preview.columns.length === 0 || lacking.length === 0);
  const unsure = preview?.asks.filter((one) => (one === "zone" ? !choices.zone : !choices.dateOrder)) ?? [];
  const broken = preview?.failure && !["missing_column", "ambiguous_date_order"].includes(preview.failure.code) ? preview.failure : null;
  return (
    <Dialog title={file.name} wide onClose={onClose}>
      <form class="form" onSubmit={(event) => {
        event.preventDefault();
        const process = String(new FormData(event.currentTarget).get("process"));
        onSend(process, { ...choices, process }, fingerprint);
      }}>
        <p class="sheet-note">{bytes(file.size)}{preview?.format ? `, ${preview.format.toUpperCase()}` : ""}{recalled ? "; read as the last file with these columns" : ""}</p>
        {preview && preview.sheets.length > 1 && (
          <label class="row">Sheet
            <select name="sheet" value={preview.sheet ?? ""} onChange={(event) => setChoices({ ...noChoices(), sheet: event.currentTarget.value })}>
              {preview.sheets.map((one) => <option key={one} value={one} selected={one === preview.sheet}>{one}</option>)}
            </select>
          </label>
        )}
        {problem && <Trouble problem={problem} />}
        {broken && <Trouble problem={{ title: broken.detail, status: 0, code: broken.code }} />}
        {!preview && !problem && <Waiting />}
        {preview && preview.columns.length > 0 && <Columns preview={preview} choices={choices} onChoices={setChoices} />}
        {lacking.length > 0 && !broken && preview!.columns.length > 0 && <p role="alert" class="ask">Choose the column for {lacking.map(fieldName).join(", ")}.</p>}
        {preview && <Questions preview={preview} choices={choices} onChoices={setChoices} />}
        {preview && <Understood preview={preview} />}
        {preview && preview.errors.length > 0 && preview.failure === null && unsure.length === 0 && (
          <p class="hint">{preview.errors.length} of the first rows would be refused: {preview.errors[0]!.detail} (line {preview.errors[0]!.line}).</p>
        )}
        <div class="row wrap sheet-end">
          <datalist id="processes">{(known.data?.processes ?? []).map((one) => <option key={one.name} value={one.name} />)}</datalist>
          <label class="row">Into process <input name="process" required pattern="[a-z0-9_\-]{1,64}" title="1 to 64 of a–z, 0–9, _ and -" list="processes" key={choices.process} defaultValue={choices.process || processOf(file.name)} /></label>
          <button type="submit" class="primary end" disabled={!mapped || unsure.length > 0 || broken !== null}>Upload</button>
        </div>
      </form>
    </Dialog>
  );
}
