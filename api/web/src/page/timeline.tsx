// One case from its first event to its last: what happened, who did it, and where it waited.
import type { Case, CaseEvent } from "../contract";
import { counted, duration, exactly, zone } from "../format";
import { useAsked } from "./asking";
import { Dialog } from "./dialog";
import { refine } from "../place";
import { Trouble, Waiting } from "./state_of";

function Strip({ found }: { found: Case }) {
  const began = Math.min(...found.events.map((event) => Date.parse(event.start ?? event.timestamp)));
  const ended = Math.max(...found.events.map((event) => Date.parse(event.timestamp)));
  const x = (text: string): number => ended === began ? 50 : ((Date.parse(text) - began) * 100) / (ended - began);
  return (
    <svg class="strip" viewBox="-1 0 102 12" preserveAspectRatio="none" aria-hidden="true">
      <rect class="strip-ground" x={0} y={5.4} width={100} height={1.2} />
      {found.events.map((event, at) => event.start && x(event.timestamp) - x(event.start) > 0.4
        ? <rect key={at} class="strip-work" x={x(event.start)} y={3} width={x(event.timestamp) - x(event.start)} height={6} />
        : <rect key={at} class="strip-mark" x={x(event.timestamp) - 0.3} y={2} width={0.6} height={8} />)}
    </svg>
  );
}

function Step({ event }: { event: CaseEvent }) {
  const attributes = Object.entries(event.attributes);
  return (
    <li class="step">
      {event.waiting_s > 0 && <p class="step-wait">{duration(event.waiting_s)} waiting</p>}
      <div class="step-body">
        <p class="step-head"><b>{event.activity}</b>{event.lifecycle !== "complete" && <span class="tag">{event.lifecycle}</span>}{event.tie && <span class="tag" title="Another event has the same time: their order is the source's">same time</span>}</p>
        <p class="step-when">
          <time dateTime={event.timestamp}>{exactly(event.timestamp)}</time>
          {event.service_s > 0 && <> · {duration(event.service_s)} of work</>}
          {event.resource && <> · <button type="button" class="link" onClick={() => refine({ resource: [event.resource!] })} title="Only cases with this resource">{event.resource}</button></>}
        </p>
        {attributes.length > 0 && (
          <dl class="step-more">{attributes.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{String(value)}</dd></div>)}</dl>
        )}
      </div>
    </li>
  );
}

export function Timeline({ process, caseId, onClose }: { process: string; caseId: string; onClose: () => void }) {
  const { data, problem } = useAsked<Case>(`/v1/processes/${process}/cases/${encodeURIComponent(caseId)}`, true);
  return (
    <Dialog title={`Case ${caseId}`} onClose={onClose}>
      {problem && !data ? <Trouble problem={problem} /> : !data ? <Waiting /> : (
        <>
          <p class="sheet-note">{counted(data.events.length, "event")} · took {duration(data.cycle_time_s)}{data.busy_time_s > 0 && <> · worked on for {duration(data.busy_time_s)}</>} · waited {duration(data.waiting_time_s)}. Times in {zone()}.</p>
          <Strip found={data} />
          <ol class="timeline">{data.events.map((event) => <Step key={`${event.source} ${event.id}`} event={event} />)}</ol>
        </>
      )}
    </Dialog>
  );
}
