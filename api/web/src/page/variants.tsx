// The ways that cases take, most frequent first. Selecting some filters everything else.
import type { Variant, Variants } from "../contract";
import { counted, duration, isolated, percent } from "../format";
import { go, place } from "../place";
import { done } from "./notice";
import { Empty, Waiting } from "./state_of";

/// Selecting does not move the list that one selects in: it shows the filter without its variants.
function toggle(id: string): void {
  const { filter } = place.value;
  const variant = filter.variant.includes(id) ? filter.variant.filter((one) => one !== id) : [...filter.variant, id];
  if (variant.length > 24) return done("At most 24 variants can be selected.");
  go({ filter: { ...filter, variant } });
}

function Steps({ activities }: { activities: string[] }) {
  const most = 7;
  const shown = activities.length > most ? [...activities.slice(0, 4), null, ...activities.slice(-2)] : activities;
  return (
    <ol class="steps">
      {shown.map((name, at) => name === null ? <li key={at} class="steps-gap">+{activities.length - 6}</li> : <li key={at}>{name}</li>)}
    </ol>
  );
}

function Row({ variant, rank, whole, cumulative, selected }: {
  variant: Variant; rank: number; whole: number; cumulative: number; selected: boolean;
}) {
  return (
    <li class="variant">
      <button type="button" aria-pressed={selected} onClick={() => toggle(variant.id)} title={variant.activities.map(isolated).join(" → ")}>
        <span class="variant-head">
          <span class="variant-rank"><span class="hidden">Variant </span>{rank}</span>{" "}
          <span class="variant-share">{percent(variant.share)}</span>{" "}
          <span class="variant-count">{counted(variant.count, "case")}</span>{" "}
          <span class="variant-time">{duration(variant.cycle_time_s.p50)}</span>
        </span>
        <svg class="variant-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect class="variant-sum" width={Math.min(100, cumulative * 100)} height={4} rx={2} />
          <rect class="variant-own" width={(100 * variant.count) / whole} height={4} rx={2} />
        </svg>
        {variant.activities.length > 0 ? <Steps activities={variant.activities} /> : <span class="hint">too long to list</span>}
      </button>
    </li>
  );
}

export function VariantExplorer({ variants }: { variants: Variants | null }) {
  const chosen = place.value.filter.variant;
  const total = variants?.variants.reduce((sum, one) => sum + one.count, 0) ?? 0;
  const all = total > 0 && variants ? total / variants.variants.reduce((sum, one) => sum + one.share, 0) : 1;
  let cumulative = 0;
  return (
    <section class="panel variants" aria-label="Variants">
      <header class="panel-head">
        <h2>Variants</h2>
        <span class="panel-note">{variants ? counted(variants.total, "way") : ""}</span>
        {chosen.length > 0 && <button type="button" class="link" onClick={() => go({ filter: { ...place.value.filter, variant: [] } })}>Show all</button>}
      </header>
      {!variants ? <Waiting /> : variants.variants.length === 0 ? <Empty title="No cases here" /> : (
        <ol class="variant-list" tabIndex={0} aria-label="Variants, most frequent first">
          {variants.variants.map((variant, at) => {
            cumulative += variant.count / all;
            return <Row key={variant.id} variant={variant} rank={at + 1} whole={all} cumulative={cumulative} selected={chosen.includes(variant.id)} />;
          })}
        </ol>
      )}
      {variants?.next && <p class="hint pad">The {variants.variants.length} most frequent cover {percent(total / all)} of the cases.</p>}
    </section>
  );
}
