// How wide a text is in the page's own type, measured once per text.
const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null = null;

export function textWidth(text: string, font: string): number {
  const key = `${font} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * 7;
  pen.font = font;
  const width = pen.measureText(text).width;
  if (widths.size > 5_000) widths.clear();
  widths.set(key, width);
  return width;
}
