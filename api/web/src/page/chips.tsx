// The filter in words, each part with its way out.
import { chipsOf } from "../address";
import { onDay } from "../format";
import { go, hasFilter, place } from "../place";
import { noFilter } from "../address";
import { Icon } from "./icons";

export function Chips() {
  const { filter } = place.value;
  if (!hasFilter(filter)) return null;
  return (
    <ul class="chips" aria-label="Filters">
      {chipsOf(filter, onDay).map((chip) => (
        <li key={chip.kind + chip.label + chip.value} class="chip">
          <span class="chip-label">{chip.label}</span> <bdi class="chip-value">{chip.value}</bdi>
          <button type="button" aria-label={`Remove filter ${chip.label} ${chip.value}`} onClick={() => go({ filter: chip.without })}>
            <Icon name="close" />
          </button>
        </li>
      ))}
      <li><button type="button" class="link" onClick={() => go({ filter: noFilter() })}>Clear all</button></li>
    </ul>
  );
}
