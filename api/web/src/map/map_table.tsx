// The map without a picture: for screen readers, and for whoever wants the numbers.
import { useState } from "preact/hooks";
import type { ProcessMap } from "../contract";
import { duration, whole } from "../format";

/// A browser needs long for a table of thousands of rows; nobody reads them there.
const rowsAtFirst = 200;

export function MapTable({ map }: { map: ProcessMap }) {
  const [rows, setRows] = useState(rowsAtFirst);
  const edges = [...map.edges].sort((a, b) => b.count - a.count);
  const activities = [...map.activities].sort((a, b) => b.count - a.count);
  return (
    <div class="scroll map-table" tabIndex={0} role="region" aria-label="Tables of the map">
      <table>
        <caption>Activities</caption>
        <thead><tr><th scope="col">Activity</th><th scope="col" class="num">Events</th><th scope="col" class="num">Cases</th><th scope="col" class="num">Service, median</th><th scope="col" class="num">Waiting, median</th></tr></thead>
        <tbody>
          {activities.map((one) => (
            <tr key={one.name}><th scope="row">{one.name}</th><td class="num">{whole(one.count)}</td><td class="num">{whole(one.cases)}</td><td class="num">{duration(one.service_s.p50)}</td><td class="num">{duration(one.waiting_s.p50)}</td></tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Paths</caption>
        <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Times</th><th scope="col" class="num">Cases</th><th scope="col" class="num">Median</th><th scope="col" class="num">9 of 10 within</th></tr></thead>
        <tbody>
          {edges.slice(0, rows).map((one) => (
            <tr key={`${one.from}\n${one.to}`}><th scope="row">{one.from}</th><td>{one.to}</td><td class="num">{whole(one.count)}</td><td class="num">{whole(one.cases)}</td><td class="num">{duration(one.duration_s.p50)}</td><td class="num">{duration(one.duration_s.p90)}</td></tr>
          ))}
        </tbody>
      </table>
      {edges.length > rows && (
        <p class="more"><button type="button" onClick={() => setRows(rows + rowsAtFirst)}>Show more ({whole(edges.length - rows)} left)</button></p>
      )}
    </div>
  );
}
