// In which line of JSON what stands, and where it breaks. Pure; in words of its own, since each browser has others.

const tokens = /"(?:[^"\\\n]|\\.)*"|[{}[\],:]|[^ \t\r\n{}[\],:"]+|"/g;

const linesIn = (text: string): number => text.split("\n").length - 1;

interface Level {
  pointer: string;
  /// Of a list: where one is in it; null: an object.
  at: number | null;
  name: string | null;
}

/// The line of every value of valid JSON by its pointer (RFC 6901); of a member that of its name. O(the text).
export function linesOf(json: string): Map<string, number> {
  const lines = new Map<string, number>();
  const levels: Level[] = [];
  let [line, seen, named] = [1, 0, 0];
  for (const match of json.matchAll(tokens)) {
    const [token] = match;
    line += linesIn(json.slice(seen, match.index));
    seen = match.index;
    const level = levels[levels.length - 1];
    if (token === ":") continue;
    if (token === "," && level) {
      if (level.at === null) level.name = null;
      else level.at += 1;
    } else if (token === "}" || token === "]") {
      levels.pop();
    } else if (level && level.at === null && level.name === null) {
      level.name = String(JSON.parse(token)).replaceAll("~", "~0").replaceAll("/", "~1");
      named = line;
    } else {
      const pointer = level ? `${level.pointer}/${level.at ?? level.name}` : "";
      lines.set(pointer, level && level.at === null ? named : line);
      if (token === "{" || token === "[") levels.push({ pointer, at: token === "[" ? 0 : null, name: null });
    }
  }
  return lines;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type Wanted = "a value" | "a value or ]" | "a name" | "a name or }" | "a colon" | "a comma or }" | "a comma or ]" | "nothing more";

/// What is wanted behind the token; null: it is not what was wanted. `open`: the brackets that are still to be closed.
function behind(token: string, wanted: Wanted, open: ("}" | "]")[]): Wanted | null {
  const closes = open[open.length - 1];
  const done = (): Wanted => (open.length > 0 ? `a comma or ${open[open.length - 1]!}` : "nothing more");
  if (token === closes && wanted.endsWith(closes)) return open.pop(), done();
  if (wanted === "a colon") return token === ":" ? "a value" : null;
  if (wanted.startsWith("a comma")) return token !== "," ? null : closes === "}" ? "a name" : "a value";
  if (wanted.startsWith("a name")) return token.startsWith('"') && parses(token) ? "a colon" : null;
  if (wanted === "nothing more") return null;
  if (token === "{") return open.push("}"), "a name or }";
  if (token === "[") return open.push("]"), "a value or ]";
  return parses(token) ? done() : null;
}

/// Where text is no JSON any more, and what should stand there; null: it is JSON. O(the text).
export function breakOf(text: string): { line: number; wanted: string } | null {
  if (parses(text)) return null;
  const open: ("}" | "]")[] = [];
  let wanted: Wanted = "a value";
  for (const match of text.matchAll(tokens)) {
    const next = behind(match[0], wanted, open);
    if (next === null) return { line: linesIn(text.slice(0, match.index)) + 1, wanted };
    wanted = next;
  }
  return { line: linesIn(text.trimEnd()) + 1, wanted };
}
