// Cases as a list, and the timeline of the one that is opened.
import { useEffect, useState } from "preact/hooks";
import type { CaseRow, Cases } from "../contract";
import { duration, when, whole } from "../format";
import { useLive } from "../live/live";
import { filterQuery, go, place } from "../place";
import { ask } from "../request";
import { failed } from "./notice";
import { Empty, Trouble, Waiting } from "./state_of";
import { Timeline } from "./timeline";

function Row({ row }: { row: CaseRow }) {
  return (
    <tr>
      <th scope="row"><button type="button" class="link" title={row.case_id} onClick={() => go({ caseId: row.case_id })}>{row.case_id}</button></th>
      <td>{row.last_activity}</td>
      <td><span class={row.completed ? "state done" : "state"}>{row.completed ? "completed" : "in progress"}</span></td>
      <td class="num">{whole(row.events)}</td>
      <td class="num">{when(row.began)}</td>
      <td class="num">{when(row.ended)}</td>
      <td class="num">{duration(row.cycle_time_s)}</td>
    </tr>
  );
}

function Find() {
  return (
    <form class="row find" role="search" onSubmit={(event) => {
      event.preventDefault();
      const caseId = String(new FormData(event.currentTarget).get("case") ?? "").trim();
      if (caseId) go({ caseId });
    }}>
      <input name="case" aria-label="Open a case by its id" placeholder="Case id" autocomplete="off" />
      <button type="submit">Open</button>
    </form>
  );
}

/// The first page is live; those behind it are as they were when they were asked for.
function usePages(first: Cases | null, key: string): { rows: CaseRow[]; more: (() => void) | null } {
  const [rest, setRest] = useState<{ key: string; rows: CaseRow[]; next: string | null }>({ key: "", rows: [], next: null });
  useEffect(() => setRest({ key: "", rows: [], next: null }), [key]);
  if (!first) return { rows: [], more: null };
  const mine = rest.key === key;
  const cursor = mine ? rest.next : first.next;
  const more = async (): Promise<void> => {
    const query = new URLSearchParams(filterQuery.value);
    query.set("cursor", cursor!);
    try {
      const page = await ask<Cases>(`/v1/processes/${place.value.process}/cases?${query}`);
      setRest({ key, rows: [...(mine ? rest.rows : []), ...page.cases], next: page.next });
    } catch (fault) {
      failed("More cases could not be read", fault);
    }
  };
  const seen = new Set(first.cases.map((row) => row.case_id));
  const rows = [...first.cases, ...(mine ? rest.rows.filter((row) => !seen.has(row.case_id)) : [])];
  return { rows, more: cursor ? () => void more() : null };
}

export function CaseList() {
  const { process, caseId } = place.value;
  const cases = useLive("cases", process, filterQuery.value);
  const { rows, more } = usePages(cases.data, `${process} ${filterQuery.value}`);
  return (
    <section class="panel" aria-label="Cases">
      <header class="panel-head"><h2>Cases</h2><Find /></header>
      {cases.problem && <Trouble problem={cases.problem} />}
      {!cases.data ? (cases.problem ? null : <Waiting />) : rows.length === 0 ? <Empty title="No case fits" /> : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Table of cases">
          <table class="cases">
            <thead><tr><th scope="col">Case</th><th scope="col">Last activity</th><th scope="col">State</th><th scope="col" class="num">Events</th><th scope="col" class="num">Began</th><th scope="col" class="num">Last event</th><th scope="col" class="num">Took</th></tr></thead>
            <tbody>{rows.map((row) => <Row key={row.case_id} row={row} />)}</tbody>
          </table>
          {more && <p class="pad"><button type="button" onClick={more}>Show more</button></p>}
        </div>
      )}
      {caseId !== undefined && <Timeline process={process} caseId={caseId} onClose={() => go({ caseId: undefined })} />}
    </section>
  );
}
