// Where the page is, bound to the browser's address.
import { computed, signal } from "@preact/signals";
import { type Filter, type Place, placeOf, queryOf, searchOf } from "./address";

export const place = signal<Place>(placeOf(location.search));

addEventListener("popstate", () => {
  place.value = placeOf(location.search);
});

/// Undefined takes a member away.
type Change = { [Member in keyof Place]?: Place[Member] | undefined };

/// `settle`: a step that the back button should not undo by itself (a slider under way).
export function go(change: Change, settle = false): void {
  const next = { ...place.value, ...change } as Place;
  for (const [name, value] of Object.entries(next)) {
    if (value === undefined) delete next[name as keyof Place];
  }
  const search = searchOf(next);
  if (search !== searchOf(place.value)) {
    const address = location.pathname + search;
    if (settle) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }
  place.value = next;
}

export function refine(change: Partial<Filter>): void {
  go({ filter: { ...place.value.filter, ...change } });
}

export function hasFilter(filter: Filter): boolean {
  return queryOf(filter).toString() !== "";
}

/// The filter as query parameters; the same object for as long as it says the same.
const queryText = computed(() => queryOf(place.value.filter).toString());
export const filterQuery = computed(() => new URLSearchParams(queryText.value));
