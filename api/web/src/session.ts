// Who is using the page. A token (pasted, or brought by the address `…/#token=…` that `make run` prints) lives in
// sessionStorage: it ends with the tab.
import { signal } from "@preact/signals";

export interface Session {
  token: string;
}

const key = "weir.token";

function brought(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

function begin(): Session | null {
  const token = brought() ?? sessionStorage.getItem(key);
  if (!token) return null;
  sessionStorage.setItem(key, token);
  return { token };
}

export const session = signal<Session | null>(begin());
/// Why one has to sign in again; empty: one has not been in.
export const signedOutBecause = signal("");

export function signInWithToken(token: string): void {
  sessionStorage.setItem(key, token);
  signedOutBecause.value = "";
  session.value = { token };
}

export function signOut(because = ""): void {
  sessionStorage.removeItem(key);
  signedOutBecause.value = because;
  session.value = null;
}
