// Who is using the page: somebody who signed in (a cookie that scripts cannot read, and a CSRF token for what changes
// things), or the holder of a token (pasted, or brought by the address `…/#token=…` that `make run` prints), which lives
// in sessionStorage and ends with the tab.
import { signal } from "@preact/signals";
import type { UserSession } from "./contract";

export type Session = { kind: "token"; token: string } | ({ kind: "user" } & UserSession);

/// Who sees what: another text, other data.
export function identityOf(known: Session | null | undefined): string {
  if (!known) return "";
  return known.kind === "token" ? known.token : `${known.user} ${known.workspace}`;
}

const key = "weir.token";

/// What the address brought along, taken out of it.
function brought(name: string): string | null {
  const value = new URLSearchParams(location.hash.slice(1)).get(name);
  if (value) history.replaceState(null, "", location.pathname + location.search);
  return value;
}

const token = brought("token") ?? sessionStorage.getItem(key);
if (token) sessionStorage.setItem(key, token);

/// Null: nobody is known; undefined: it is being found out.
export const session = signal<Session | null | undefined>(token ? { kind: "token", token } : undefined);
/// Why one has to sign in again; empty: one has not been in.
export const signedOutBecause = signal("");
/// A link that signs in once.
export const signInLink = brought("sign-in");
/// Pasted where the page is open already, a link loads nothing by itself.
addEventListener("hashchange", () => {
  if (/^#(token|sign-in)=/.test(location.hash)) location.reload();
});

export function signInWithToken(given: string): void {
  sessionStorage.setItem(key, given);
  signedOutBecause.value = "";
  session.value = { kind: "token", token: given };
}

export function signedIn(user: UserSession): void {
  sessionStorage.removeItem(key);
  signedOutBecause.value = "";
  session.value = { kind: "user", ...user };
}

export function forgetSession(because = ""): void {
  sessionStorage.removeItem(key);
  signedOutBecause.value = because;
  session.value = null;
}
