// Files: the way in from anywhere on the page, how far they are, and what became of them.
import { useEffect, useState } from "preact/hooks";
import type { Upload, UploadSummary } from "../contract";
import { bytes, counted, exactly, percent, when, whole } from "../format";
import { csv, download } from "../graph/export";
import { noFilter } from "../address";
import { useLive } from "../live/live";
import { go } from "../place";
import { ask } from "../request";
import { type Choices, remember } from "../upload/choices";
import { send, sending } from "../upload/sending";
import { useAsked } from "./asking";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { MappingSheet } from "./mapping_sheet";
import { done, failed } from "./notice";
import { Empty, Trouble, Waiting } from "./state_of";

const nothing = new URLSearchParams();
const words: Record<UploadSummary["state"], string> = {
  waiting: "waiting", reading: "being read", done: "done", failed: "failed", withdrawn: "withdrawn",
};

async function begin(file: File, process: string, choices: Choices, fingerprint: string | null): Promise<void> {
  go({ process, view: "overview", filter: noFilter(), caseId: undefined, activities: undefined, paths: undefined });
  try {
    await send(file, process, choices);
    remember(fingerprint, choices, localStorage);
  } catch (fault) {
    failed(`${file.name} was not taken`, fault);
  }
}

function Bar({ share, label }: { share: number; label: string }) {
  return <progress max={1} value={share} aria-label={label}>{percent(share)}</progress>;
}

/// Stays in the corner until the file is read, while the map already draws.
function Progress() {
  const { data } = useLive("uploads", "", nothing);
  const now = sending.value;
  const upload = now?.upload ? data?.uploads.find((one) => one.upload === now.upload) : undefined;
  const ended = upload && upload.state !== "waiting" && upload.state !== "reading";
  useEffect(() => {
    if (!ended || upload.state !== "done" || upload.rejected > 0) return;
    const timer = setTimeout(() => { sending.value = null; }, 6_000);
    return () => clearTimeout(timer);
  }, [ended, upload?.state]);
  if (!now) return null;
  const share = upload ? upload.progress : now.size > 0 ? now.sent / now.size : 1;
  const told = !upload ? (now.upload ? "received" : `sending, ${percent(share)} of ${bytes(now.size)}`)
    : upload.state === "failed" ? upload.failure?.detail ?? "failed"
      : `${counted(upload.accepted, "row", "rows", whole)} taken${upload.rejected > 0 ? `, ${whole(upload.rejected)} refused` : ""}${ended ? "" : `, ${percent(share)}`}`;
  return (
    <section class={`progress ${upload?.state === "failed" ? "bad" : ""}`} aria-label="Upload">
      <p class="row"><b class="grow">{now.name}</b>{ended && <button type="button" class="plain" aria-label="Dismiss" onClick={() => { sending.value = null; }}><Icon name="close" /></button>}</p>
      {!ended && <Bar share={share} label={`${now.name}: ${told}`} />}
      <p class="hint" role="status">{ended && upload.state === "done" && <Icon name="check" />}{told}</p>
      {ended && (upload.rejected > 0 || upload.state === "failed") && <button type="button" class="link" onClick={() => go({ view: "uploads" })}>See why</button>}
    </section>
  );
}

function Choose({ onFile, onClose }: { onFile: (file: File) => void; onClose: () => void }) {
  return (
    <Dialog title="Upload a file" onClose={onClose}>
      <label class="drop-here">
        <Icon name="upload" />
        <b>Drop a file here, or choose one</b>
        <span class="hint">CSV, XLSX or XES; CSV and XES also as .gz. You see its first rows before anything is sent.</span>
        <input type="file" aria-label="File" onChange={(event) => { const file = event.currentTarget.files?.[0]; if (file) onFile(file); }} />
      </label>
    </Dialog>
  );
}

/// Whatever is dropped anywhere on the page is a file to upload.
function useDrop(onFile: (file: File) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const isFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent): void => { if (isFile(event)) { depth += 1; setOver(true); } };
    const leave = (event: DragEvent): void => { if (isFile(event) && --depth <= 0) { depth = 0; setOver(false); } };
    const hold = (event: DragEvent): void => { if (isFile(event)) event.preventDefault(); };
    const drop = (event: DragEvent): void => {
      if (!isFile(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) onFile(file);
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener as EventListener);
    return () => { for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener as EventListener); };
  }, []);
  return over;
}

export function UploadDesk({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const take = (given: File): void => { onClose(); setFile(given); };
  const over = useDrop(take);
  return (
    <>
      {over && <div class="drop-veil"><p><Icon name="upload" /> Drop it to upload</p></div>}
      {open && !file && <Choose onFile={take} onClose={onClose} />}
      {file && <MappingSheet file={file} onClose={() => setFile(null)} onSend={(process, choices, fingerprint) => { setFile(null); void begin(file, process, choices, fingerprint); }} />}
      <Progress />
    </>
  );
}

function Withdraw({ upload, again }: { upload: Upload; again: () => void }) {
  const [sure, setSure] = useState(false);
  const withdraw = async (): Promise<void> => {
    try {
      await ask(`/v1/uploads/${upload.upload}`, { method: "DELETE" });
      done("The upload is withdrawn: what it alone brought is taken out of every view.");
      again();
    } catch (fault) {
      failed("It could not be withdrawn", fault);
    }
    setSure(false);
  };
  if (upload.state === "withdrawn" || upload.state === "failed") return null;
  return sure ? (
    <p class="row wrap"><span>Take its {counted(upload.accepted, "row", "rows", whole)} out of every view?</span>
      <button type="button" class="danger" onClick={() => void withdraw()}>Withdraw</button><button type="button" onClick={() => setSure(false)}>Keep</button></p>
  ) : <p><button type="button" onClick={() => setSure(true)}>Withdraw…</button></p>;
}

function Details({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, problem, again } = useAsked<Upload>(`/v1/uploads/${id}`, "always");
  const save = (): void => download(`${id}-refused.csv`, "text/csv", csv(["line", "column", "code", "detail"], data!.errors.map((one) => [one.line, one.column, one.code, one.detail])));
  return (
    <Dialog title="Upload" wide onClose={onClose}>
      {!data ? (problem ? <Trouble problem={problem} /> : <Waiting />) : (
        <>
          <p class="sheet-note">{exactly(data.received)} into <b>{data.process}</b>: {bytes(data.bytes)}{data.format ? ` of ${data.format.toUpperCase()}` : ""}{data.sheet ? `, sheet “${data.sheet}”` : ""}; {counted(data.rows, "row", "rows", whole)}, {whole(data.accepted)} taken, {whole(data.rejected)} refused.</p>
          {data.failure && <Trouble problem={{ title: data.failure.detail, status: 0, code: data.failure.code }} />}
          {data.mapping.length > 0 && <p>{data.mapping.map((one) => <span class="tag" key={one.field}>{one.field} ← {one.column}</span>)}</p>}
          {data.drift && (data.drift.added.length > 0 || data.drift.removed.length > 0) && (
            <p class="ask">Unlike the file before: {data.drift.added.length > 0 && `new columns ${data.drift.added.join(", ")}. `}{data.drift.removed.length > 0 && `missing ${data.drift.removed.join(", ")}.`}</p>
          )}
          {data.errors.length > 0 && (
            <>
              <p class="row"><b>Refused rows</b>{data.rejected > data.errors.length && <span class="hint">the first {whole(data.errors.length)}</span>}<button type="button" class="end" onClick={save}><Icon name="save" />Save as CSV</button></p>
              <div class="scroll short" tabIndex={0} role="region" aria-label="Refused rows">
                <table>
                  <thead><tr><th scope="col" class="num">Line</th><th scope="col" class="num">Column</th><th scope="col">Why</th><th scope="col">Code</th></tr></thead>
                  <tbody>{data.errors.slice(0, 200).map((one, at) => <tr key={at}><td class="num">{one.line}</td><td class="num">{one.column || ""}</td><td>{one.detail}</td><td><code>{one.code}</code></td></tr>)}</tbody>
                </table>
              </div>
            </>
          )}
          <Withdraw upload={data} again={again} />
        </>
      )}
    </Dialog>
  );
}

export function UploadList() {
  const { data, problem } = useLive("uploads", "", nothing);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section class="panel" aria-label="Uploads">
      <header class="panel-head"><h2>Uploads</h2></header>
      {problem && <Trouble problem={problem} />}
      {!data ? (problem ? null : <Waiting />) : data.uploads.length === 0 ? <Empty title="No file yet">Drop one anywhere on this page.</Empty> : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Table of uploads">
          <table>
            <thead><tr><th scope="col">Received</th><th scope="col">Process</th><th scope="col">State</th><th scope="col" class="num">Size</th><th scope="col" class="num">Rows taken</th><th scope="col" class="num">Refused</th></tr></thead>
            <tbody>
              {data.uploads.map((one) => (
                <tr key={one.upload}>
                  <th scope="row"><button type="button" class="link" onClick={() => setOpen(one.upload)}>{when(one.received)}</button></th>
                  <td>{one.process}</td>
                  <td>{one.state === "reading" ? <Bar share={one.progress} label={`Read ${percent(one.progress)}`} /> : <span class={`state ${one.state}`}>{words[one.state]}</span>}</td>
                  <td class="num">{bytes(one.bytes)}</td><td class="num">{whole(one.accepted)}</td><td class="num">{whole(one.rejected)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open && <Details id={open} onClose={() => setOpen(null)} />}
    </section>
  );
}
