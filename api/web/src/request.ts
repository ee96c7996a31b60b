// Questions to the server over HTTP, with the session's credential. Refusals come as problem documents.
import type { Problem } from "./contract";
import { forgetSession, session } from "./session";

/// The server answered, and said no.
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

export function credentials(): Record<string, string> {
  const known = session.value;
  if (!known) return {};
  return known.kind === "token" ? { authorization: `Bearer ${known.token}` } : { "x-csrf-token": known.csrf_token };
}

/// What an answer that is no success says of itself, also where a proxy answered in its own words.
export function problemOf(status: number, body: string): Problem {
  try {
    const problem = JSON.parse(body) as Partial<Problem>;
    if (typeof problem.code === "string") return { title: "", ...problem, status, code: problem.code };
  } catch {
    // not ours
  }
  return { title: `The server answered ${status}.`, status, code: "internal" };
}

/// Of whatever `ask` threw.
export const problemBehind = (fault: unknown): Problem =>
  fault instanceof Refused ? fault.problem : { title: "The server cannot be reached.", status: 0, code: "unreachable" };

async function answer(path: string, init: RequestInit): Promise<Response> {
  const asked = session.value;
  const response = await fetch(path, {
    ...init,
    headers: { ...credentials(), ...init.headers },
    credentials: "same-origin",
    cache: "no-store",
  });
  if (response.ok) return response;
  const problem = problemOf(response.status, await response.text());
  if (response.status === 401 && asked && asked === session.value && problem.code !== "wrong_password") forgetSession(problem.detail || problem.title);
  throw new Refused(problem);
}

/// Error: Refused, or what `fetch` throws when nobody answers.
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await answer(path, init);
  return (response.status === 204 ? null : await response.json()) as T;
}

/// With the entity tag of what was answered, which a change may be bound to.
export async function askTagged<T>(path: string, init: RequestInit = {}): Promise<{ data: T; tag: string | null }> {
  const response = await answer(path, init);
  return { data: (await response.json()) as T, tag: response.headers.get("etag") };
}

export async function askText(path: string): Promise<string> {
  return (await answer(path, {})).text();
}
