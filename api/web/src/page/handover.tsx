// Who hands work to whom: a table whose cells are as deep as they are frequent.
import type { Handover } from "../contract";
import { count, counted, isolated, percent, shorten, whole } from "../format";
import { colour, inkOn, place as placeOn } from "../graph/heat";
import { filterQuery, place, refine } from "../place";
import { useAsked } from "./asking";
import { Empty, Trouble, Waiting } from "./state_of";
import { palette } from "./theme";

const most = 18;

export function HandoverView() {
  const { process } = place.value;
  const { data, problem } = useAsked<Handover>(process ? `/v1/processes/${process}/handover?${filterQuery.value}` : null, true);
  if (!data) return problem ? <Trouble problem={problem} /> : <Waiting />;
  const busiest = [...data.resources].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name)).slice(0, most);
  if (busiest.length === 0) return <Empty title="Nobody is named">No event here says who did it (resource).</Empty>;
  const edges = new Map(data.edges.map((edge) => [JSON.stringify([edge.from, edge.to]), edge]));
  const greatest = Math.max(1, ...data.edges.map((edge) => edge.count));
  const name = (one: string): string => one || "(nobody)";
  return (
    <section class="panel" aria-label="Handovers">
      <header class="panel-head">
        <h2>Handovers</h2>
        <span class="panel-note">{data.resources.length > most ? `the ${most} busiest of ${whole(data.resources.length)} resources` : counted(data.resources.length, "resource")}</span>
      </header>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of handovers">
        <table class="matrix">
          <caption class="hidden">From the row's resource to the column's; how often</caption>
          <thead>
            <tr><td class="corner">from ↓ to →</td>{busiest.map((to) => <th key={to.name} scope="col" title={to.name}><span>{shorten(name(to.name), 16)}</span></th>)}</tr>
          </thead>
          <tbody>
            {busiest.map((from) => (
              <tr key={from.name}>
                <th scope="row"><button type="button" class="link" title="Only cases with this resource" onClick={() => refine({ resource: [from.name] })}>{shorten(name(from.name), 28)}</button></th>
                {busiest.map((to) => {
                  const edge = edges.get(JSON.stringify([from.name, to.name]));
                  if (!edge) return <td key={to.name} class="num none">·</td>;
                  const ground = colour(palette.value.frequency, placeOn(edge.count, 1, greatest));
                  return <td key={to.name} class="num" title={`${isolated(name(from.name))} → ${isolated(name(to.name))}: ${whole(edge.count)}, ${percent(edge.share)}`} style={{ background: ground, color: inkOn(ground) }}>{count(edge.count)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
