// The page as a whole.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { View } from "../address";
import type { Processes } from "../contract";
import { useLive } from "../live/live";
import { place } from "../place";
import { identityOf, session } from "../session";
import { AlertDesk } from "./alerts";
import { CaseList } from "./cases";
import { findSession } from "./account";
import { useAsked } from "./asking";
import { Chips } from "./chips";
import { Comparison } from "./compare";
import { HandoverView } from "./handover";
import { Header } from "./header";
import { Notices } from "./notice";
import { Overview } from "./overview";
import { People } from "./people";
import { Refusals } from "./refused";
import { RuleDesk } from "./rules";
import { SignIn } from "./sign_in";
import { SlaBoard } from "./sla";
import { Waiting } from "./state_of";
import { TimeBand, WindowButton } from "./time_window";
import { Welcome } from "./welcome";
import { UploadDesk, UploadList } from "./uploads";

const pages: Record<View, ComponentType> = {
  overview: Overview, cases: CaseList, sla: SlaBoard, alerts: AlertDesk, rules: RuleDesk, handover: HandoverView, compare: Comparison, refused: Refusals, uploads: UploadList, people: People,
};
const filtered: ReadonlySet<View> = new Set(["overview", "cases", "handover", "compare"]);
const ofProcess: ReadonlySet<View> = new Set([...filtered, "sla", "alerts"]);
const everything = new URLSearchParams();

function Filters() {
  const whole = useLive("kpis", place.value.process, everything);
  return (
    <>
      <div class="filters"><WindowButton kpis={whole.data} />{whole.data && <TimeBand kpis={whole.data} />}</div>
      <Chips />
    </>
  );
}

function Desk() {
  const [choosing, setChoosing] = useState(false);
  const { view, process } = place.value;
  const Page = pages[view];
  const { data } = useAsked<Processes>("/v1/processes?limit=1000", "always");
  const names = data?.processes.map((one) => one.name);
  const empty = process === "" && names?.length === 0 && ofProcess.has(view);
  useEffect(() => { document.title = process ? `${process} · Weir` : "Weir"; }, [process]);
  return (
    <>
      <a class="skip" href="#content">Skip to the content</a>
      <Header processes={names} onUpload={() => setChoosing(true)} />
      <main id="content" tabIndex={-1} class="content">
        <h1 class="hidden">{process ? `Process ${process}` : "Weir"}</h1>
        {filtered.has(view) && !empty && <Filters />}
        {empty ? <Welcome onUpload={() => setChoosing(true)} /> : <Page />}
      </main>
      <UploadDesk open={choosing} onClose={() => setChoosing(false)} />
      <Notices />
    </>
  );
}

export function App() {
  const known = session.value;
  useEffect(() => { void findSession(); }, []);
  if (known === undefined) return <Waiting />;
  return known ? <Desk key={identityOf(known)} /> : <SignIn />;
}
