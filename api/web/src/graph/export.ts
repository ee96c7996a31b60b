// A map as a file: what is drawn as SVG or PNG, what is known as CSV. (DOT is the server's own answer.)
import type { ProcessMap } from "../contract";

export function download(name: string, type: string, content: BlobPart): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/// A cell that no spreadsheet takes for a formula (OWASP), quoted where it must be.
export function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(header: string[], rows: (string | number | null)[][]): string {
  return [header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function mapAsCsv(map: ProcessMap): string {
  const header = ["from", "to", "count", "cases", "mean_s", "p50_s", "p90_s", "min_s", "max_s", "sum_s"];
  return csv(header, map.edges.map(({ from, to, count, cases, duration_s: d }) =>
    [from, to, count, cases, d.mean, d.p50, d.p90, d.min, d.max, d.sum]));
}

/// Without the characters that XML cannot hold: names may have them.
export const drawable = (text: string): string => text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");

interface Picture {
  text: string;
  width: number;
  height: number;
}

/// All of the scene, whatever part the window shows; null: nothing is drawn yet.
export function pictureOf(svg: SVGSVGElement, paper: string): Picture | null {
  const scene = svg.querySelector<SVGGElement>(".scene");
  const bounds = scene?.getBBox();
  if (!scene || !bounds || bounds.width === 0) return null;
  const margin = 24;
  const [width, height] = [Math.ceil(bounds.width + 2 * margin), Math.ceil(bounds.height + 2 * margin)];
  const copy = scene.cloneNode(true) as SVGGElement;
  copy.removeAttribute("transform");
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["class", "role", "tabindex", "aria-pressed", "data-node", "data-path"]) element.removeAttribute(name);
  }
  const body = drawable(new XMLSerializer().serializeToString(copy));
  const [x, y] = [Math.floor(bounds.x - margin), Math.floor(bounds.y - margin)];
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}">`
    + `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${paper}"/>${body}</svg>`;
  return { text, width, height };
}

export async function asPng(picture: Picture): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([picture.text], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    const scale = Math.min(2, 8_000 / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, failed) =>
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("the picture is too large"))), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
