// A line without axes: how a figure went lately. Its numbers stand beside it; it is decoration to a screen reader.
export function Sparkline({ values, filled }: { values: number[]; filled?: boolean }) {
  if (values.length < 2) return <svg class="spark" viewBox="0 0 100 28" aria-hidden="true" />;
  const greatest = Math.max(...values, 1e-9);
  const least = Math.min(...values, 0);
  const x = (at: number): number => (at * 100) / (values.length - 1);
  const y = (value: number): number => 26 - ((value - least) * 24) / (greatest - least || 1);
  const line = values.map((value, at) => `${at === 0 ? "M" : "L"}${x(at).toFixed(1)},${y(value).toFixed(1)}`).join("");
  return (
    <svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      {filled !== false && <path class="spark-area" d={`${line}L100,28L0,28Z`} />}
      <path class="spark-line" d={line} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
