// The rules that hold, and the one that is opened: to be read, or written, tried and saved.
import { useEffect, useState } from "preact/hooks";
import type { ControlDocument, DocumentList, Problem } from "../contract";
import { counted, exactly, whole } from "../format";
import { go, place } from "../place";
import { askTagged, problemBehind } from "../request";
import { exampleOf, written } from "../rule/document";
import { type Draft, draftOf, keep } from "../rule/drafts";
import { mayAct } from "./account";
import { useAsked } from "./asking";
import { RuleEditor } from "./rule_editor";
import { Empty, Trouble, Waiting } from "./state_of";

function List({ rules }: { rules: DocumentList }) {
  return (
    <section class="panel" aria-label="Rules">
      <header class="panel-head">
        <h2>Rules</h2><span class="panel-note">{rules.next ? "the first 1,000" : counted(rules.documents.length, "rule")} of the workspace</span>
        {mayAct() && <button type="button" class="primary end" onClick={() => go({ rule: "" })}>{draftOf("") ? "Go on with the new rule" : "New rule"}</button>}
      </header>
      {rules.documents.length === 0 ? <Empty title="There is no rule yet">A rule tells of what happens in a case, or does not: late answers, loops, steps out of order.</Empty> : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Rules, scrollable">
          <table class="cases">
            <thead><tr><th scope="col">Name</th><th scope="col">Declared</th><th scope="col" class="num">Versions</th></tr></thead>
            <tbody>
              {rules.documents.map(({ name, effective_at, versions }) => (
                <tr key={name}>
                  <th scope="row"><button type="button" class="link" title={name} onClick={() => go({ rule: name })}>{name}</button></th>
                  <td><time dateTime={effective_at}>{exactly(effective_at)}</time>{draftOf(name) && <> <span class="tag">changed here, not saved</span></>}</td>
                  <td class="num">{whole(versions)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/// Error: Refused, or what `fetch` throws.
async function opened(name: string): Promise<Draft> {
  const { data, tag } = await askTagged<ControlDocument>(`/v1/rules/${name}`);
  const text = written(data.document);
  return { name, text, opened: text, tag };
}

function begun(process: string): Draft {
  const text = written(exampleOf(process));
  return { name: "", text, opened: text, tag: null };
}

/// `onGone`: told when it turns out that there is no such rule any more.
function Opened({ name, names, onGone }: { name: string; names: string[]; onGone: () => void }) {
  const [draft, setDraft] = useState<Draft | null>(() => draftOf(name) ?? (name ? null : begun(place.value.process)));
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = (next: Draft): void => {
    keep(name, next);
    setDraft(next);
  };
  /// What holds now, with `text` to take its place.
  const open = async (text?: string): Promise<void> => {
    try {
      const held = await opened(name);
      change(text === undefined ? held : { ...held, text });
    } catch (fault) {
      const why = problemBehind(fault);
      if (!draft || text === undefined || why.code !== "not_found") return setProblem(why);
      change({ ...draft, opened: "", tag: null }); // it was withdrawn: a new one, then
      onGone();
    }
  };
  useEffect(() => { if (!draft) void open(); }, []);
  if (problem) return <Trouble problem={problem} />;
  return draft ? <RuleEditor draft={draft} names={names} onDraft={change} onOpen={open} /> : <Waiting />;
}

export function RuleDesk() {
  const { rule } = place.value;
  const { data, problem, again } = useAsked<DocumentList>("/v1/rules?limit=1000", "always");
  useEffect(() => { if (rule === undefined) again(); }, [rule]); // one may have come or gone
  if (rule === undefined) return data ? <List rules={data} /> : problem ? <Trouble problem={problem} /> : <Waiting />;
  return (
    <>
      <p><button type="button" class="link" onClick={() => go({ rule: undefined })}>All rules</button></p>
      <Opened key={rule} name={rule} names={data?.documents.map((one) => one.name) ?? []} onGone={again} />
    </>
  );
}
