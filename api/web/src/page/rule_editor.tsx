// A rule as text: checked, tried on what there is, saved over what was opened, withdrawn.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ControlDocument, Problem, RuleTest } from "../contract";
import { counted } from "../format";
import { go, place } from "../place";
import { ask, askTagged, problemBehind } from "../request";
import { brokenAt, faultsOf, mediaTypeOf, type PlacedFault } from "../rule/document";
import { type Draft, forget, isChanged } from "../rule/drafts";
import { mayAct } from "./account";
import { Dialog } from "./dialog";
import { done } from "./notice";
import { beforeChanges, firingsMost, Trial } from "./rule_trial";
import { Trouble } from "./state_of";

/// What came of trying or saving `text`.
interface Outcome {
  text: string;
  faults: PlacedFault[];
  problem?: Problem;
  trial?: RuleTest;
}

const none: PlacedFault[] = [];

function outcomeOf(text: string, fault: unknown): Outcome {
  const problem = problemBehind(fault);
  const faults = faultsOf(text, problem);
  return faults.length > 0 ? { text, faults } : { text, faults, problem };
}

const sent = (text: string): RequestInit => ({ headers: { "content-type": mediaTypeOf(text) }, body: text });
/// Only if it still is what was opened.
const bound = (tag: string | null): Record<string, string> => (tag ? { "if-match": tag } : {});

function Text({ text, faults, readOnly, onText, onTry }: { text: string; faults: PlacedFault[]; readOnly: boolean; onText: (text: string) => void; onTry: () => void }) {
  const count = text.split("\n").length;
  const numbers = useMemo(() => {
    const bad = new Set(faults.map((one) => one.line));
    return Array.from({ length: count }, (_, at) => <span key={at} class={bad.has(at + 1) ? "bad" : ""}>{at + 1}</span>);
  }, [count, faults]);
  return (
    <div class="rule-text">
      <div class="rule-lines" aria-hidden="true">{numbers}</div>
      <textarea name="text" aria-label="The rule, as JSON or YAML" wrap="off" spellcheck={false} autocapitalize="off" autocomplete="off" rows={Math.max(12, count + 1)}
        readOnly={readOnly} aria-invalid={faults.length > 0} aria-describedby="rule-hint" value={text} onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); onTry(); } }} />
    </div>
  );
}

function Faults({ faults, outdated, onLine }: { faults: PlacedFault[]; outdated: boolean; onLine: (line: number) => void }) {
  return (
    <section class="panel" role="alert" aria-label="Faults">
      <header class="panel-head"><h2>{counted(faults.length, "fault")}</h2>{outdated && <span class="panel-note">{beforeChanges}</span>}</header>
      <ul class="letters">
        {faults.map(({ line, pointer, detail }, at) => (
          <li key={at} class="letter">
            <p class="row wrap">{line !== null && <button type="button" class="link" onClick={() => onLine(line)}>Line {line}</button>}{pointer && <code class="tag rule-pointer">{pointer}</code>}<span>{detail}</span></p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/// Somebody else was faster: nobody's work is thrown away unasked.
function Overtaken({ onTheirs, onMine }: { onTheirs: () => void; onMine: () => void }) {
  return (
    <section class="panel pad" role="alert" aria-label="Changed meanwhile">
      <p><b>Somebody has changed or withdrawn this rule since you opened it.</b> Nothing was saved; your text is still here.</p>
      <div class="row wrap pad-top">
        <button type="button" onClick={onTheirs}>Take what holds now</button>
        <button type="button" onClick={onMine}>Keep my text, against what holds now</button>
      </div>
    </section>
  );
}

function AskToWithdraw({ name, onYes, onClose }: { name: string; onYes: () => void; onClose: () => void }) {
  return (
    <Dialog title={`Withdraw ${name}?`} onClose={onClose}>
      <p>From now on it fires no more, for anybody in the workspace.</p>
      <div class="row wrap"><button type="button" class="danger" onClick={onYes}>Withdraw it</button><button type="button" onClick={onClose}>Keep it</button></div>
    </Dialog>
  );
}

/// The three things that can be done with a rule, one at a time.
function useDeeds(draft: Draft, onDraft: (draft: Draft) => void) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  const { text, tag } = draft;
  const path = `/v1/rules/${draft.name}`;
  const doing = async (deed: () => Promise<Outcome | null>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      setOutcome(await deed());
    } catch (fault) {
      setOutcome(outcomeOf(text, fault));
    }
    setBusy(false);
  };
  const whole = (deed: () => Promise<Outcome | null>): Promise<void> => {
    const broken = brokenAt(text);
    return doing(broken ? async () => ({ text, faults: [broken] }) : deed);
  };
  return {
    outcome, busy,
    clear: () => setOutcome(null),
    tries: () => whole(async () => {
      const trial = await ask<RuleTest>(`${path}/test?process=${place.value.process}&limit=${firingsMost}`, { method: "POST", ...sent(text) });
      return { text, faults: [], trial };
    }),
    save: () => whole(async () => {
      const { headers, body } = sent(text);
      const { tag: now } = await askTagged<ControlDocument>(path, { method: "PUT", headers: { ...headers, ...bound(tag) }, body: body! });
      done(`${draft.name} holds from now on.`);
      onDraft({ ...draft, opened: text, tag: now });
      go({ rule: draft.name }, true);
      return null;
    }),
    withdraw: () => doing(async () => {
      await ask(path, { method: "DELETE", headers: bound(tag) });
      forget(draft.name);
      done(`${draft.name} is withdrawn.`);
      go({ rule: undefined }, true);
      return null;
    }),
  };
}

function NewName({ draft, names, onDraft }: { draft: Draft; names: string[]; onDraft: (draft: Draft) => void }) {
  const taken = names.includes(draft.name);
  return (
    <>
      <label class="row">Name <input name="rule" required pattern="[a-z0-9_\-]{1,64}" title="1 to 64 of a–z, 0–9, _ and -" autocomplete="off" value={draft.name}
        aria-invalid={taken} onInput={(event) => onDraft({ ...draft, name: event.currentTarget.value })} /></label>
      {taken && <span role="alert">There is a rule of this name. <button type="button" class="link" onClick={() => go({ rule: draft.name })}>Open it</button></span>}
    </>
  );
}

/// `onOpen`: opens what holds now, with the given text in its place or its own.
export function RuleEditor({ draft, names, onDraft, onOpen }: { draft: Draft; names: string[]; onDraft: (draft: Draft) => void; onOpen: (text?: string) => Promise<void> }) {
  const form = useRef<HTMLFormElement>(null);
  const told = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState(false);
  const { outcome, busy, clear, tries, save, withdraw } = useDeeds(draft, onDraft);
  const mine = mayAct();
  const isNew = draft.tag === null;
  const { process } = place.value;
  const outdated = outcome !== null && outcome.text !== draft.text;
  const faults = outcome?.faults ?? none;
  const can = draft.text.trim() !== "" && !(isNew && names.includes(draft.name));
  const attempt = (): void => { if (can && process && form.current!.reportValidity()) void tries(); };
  const goToLine = (line: number): void => {
    const area = form.current!.querySelector("textarea")!;
    const lines = draft.text.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
    area.focus();
  };
  useEffect(() => { // on a telephone it begins below what is seen
    if (outcome && told.current!.getBoundingClientRect().top > innerHeight - 120) told.current!.scrollIntoView();
  }, [outcome]);
  const overtaken = outcome?.problem?.code === "precondition_failed";
  return (
    <div class="rule-desk">
      <section class="panel" aria-label={isNew ? "New rule" : `Rule ${draft.name}`}>
        <form ref={form} onSubmit={(event) => { event.preventDefault(); if (can) void save(); }}>
          <header class="panel-head">
            <h2>{isNew ? "New rule" : draft.name}</h2>
            {isNew ? <NewName draft={draft} names={names} onDraft={onDraft} /> : isChanged(draft) && <span class="tag">changed, not saved</span>}
          </header>
          <Text text={draft.text} faults={outdated ? none : faults} readOnly={!mine} onText={(text) => onDraft({ ...draft, text })} onTry={attempt} />
          {mine && (
            <div class="row wrap pad">
              <button type="button" disabled={!can || !process} onClick={attempt}>Check and try</button>
              <button type="submit" class="primary" disabled={!can}>Save</button>
              {isChanged(draft) && <button type="button" onClick={() => { clear(); onDraft({ ...draft, text: draft.opened }); }}>Undo changes</button>}
              {!isNew && <button type="button" class="danger end" onClick={() => setAsking(true)}>Withdraw</button>}
            </div>
          )}
          <p class="hint pad" id="rule-hint">
            {mine ? <>JSON, or YAML. {process ? <>It is tried on the cases of {process}, also by Ctrl and Enter.</> : "It can be tried once there is a process."}</> : "Your role may read it."} Every word that it may have: <a href="/schemas/rule.json" target="_blank" rel="noreferrer">the schema</a>.
          </p>
        </form>
      </section>
      <div class="rule-outcome" ref={told} aria-busy={busy}>
        {faults.length > 0 && <Faults faults={faults} outdated={outdated} onLine={goToLine} />}
        {overtaken && <Overtaken onTheirs={() => { clear(); void onOpen(); }} onMine={() => { clear(); void onOpen(draft.text); }} />}
        {outcome?.problem && !overtaken && <Trouble problem={outcome.problem} />}
        {outcome?.trial && <Trial trial={outcome.trial} compared={!isNew} outdated={outdated} />}
      </div>
      {asking && <AskToWithdraw name={draft.name} onYes={() => { setAsking(false); void withdraw(); }} onClose={() => setAsking(false)} />}
    </div>
  );
}
