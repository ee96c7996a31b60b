// Signing in and out, and which workspace one looks at.
import type { UserSession } from "../contract";
import { emptyPlace } from "../address";
import { go } from "../place";
import { ask, Refused } from "../request";
import { forgetSession, session, signedIn, signInLink, signInWithToken } from "../session";
import { Popover } from "./dialog";
import { Icon } from "./icons";
import { done, failed } from "./notice";

const json = { "content-type": "application/json" };

/// By the link that the address brought, else by the cookie that the browser may hold.
export async function findSession(): Promise<void> {
  if (session.peek() !== undefined) return;
  try {
    signedIn(signInLink
      ? await ask<UserSession>("/v1/session", { method: "POST", headers: json, body: JSON.stringify({ link: signInLink }) })
      : await ask<UserSession>("/v1/session"));
  } catch (fault) {
    forgetSession(signInLink && fault instanceof Refused ? fault.message : "");
  }
}

/// Error: Refused.
export async function signIn(user: string, password: string): Promise<void> {
  signedIn(await ask<UserSession>("/v1/session", { method: "POST", headers: json, body: JSON.stringify({ user, password }) }));
}

/// Error: Refused, where nobody takes the token.
export async function tryToken(token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  try {
    await ask("/v1/processes?limit=1", { headers });
  } catch (fault) {
    if (!(fault instanceof Refused) || fault.problem.status !== 403) throw fault; // a producer's may not read, but is one
  }
  signInWithToken(token);
}

async function signOut(): Promise<void> {
  if (session.value?.kind === "user") await ask("/v1/session", { method: "DELETE" }).catch(() => {});
  forgetSession();
}

async function switchTo(workspace: string): Promise<void> {
  try {
    const next = await ask<UserSession>("/v1/session", { method: "PUT", headers: json, body: JSON.stringify({ workspace }) });
    go(emptyPlace());
    signedIn(next);
  } catch (fault) {
    failed("The workspace could not be opened", fault);
  }
}

async function changePassword(form: HTMLFormElement): Promise<void> {
  const given = new FormData(form);
  try {
    signedIn(await ask<UserSession>("/v1/session/password", {
      method: "POST", headers: json, body: JSON.stringify({ current: given.get("current"), new: given.get("new") }),
    }));
    form.reset();
    done("The password is changed; you are signed out everywhere else.");
  } catch (fault) {
    failed("The password was not changed", fault);
  }
}

export function isAdmin(): boolean {
  return session.value?.kind === "user" ? session.value.role === "admin" : session.value?.kind === "token";
}

/// Changes settings and rules, handles alerts; whose token it is the server alone knows.
export function mayAct(): boolean {
  return isAdmin() || (session.value?.kind === "user" && session.value.role === "analyst");
}

function Own({ user, workspace, role, workspaces }: UserSession) {
  return (
    <div class="form">
      <p><b>{user}</b> <span class="hint">{role} of {workspace}</span></p>
      {workspaces.length > 1 && (
        <label>Workspace
          <select value={workspace} onChange={(event) => void switchTo(event.currentTarget.value)}>
            {workspaces.map((one) => <option key={one.workspace} value={one.workspace} selected={one.workspace === workspace}>{one.workspace}</option>)}
          </select>
        </label>
      )}
      <details>
        <summary class="hint">Change password</summary>
        <form class="form pad-top" onSubmit={(event) => { event.preventDefault(); void changePassword(event.currentTarget); }}>
          <input type="text" name="user" autocomplete="username" value={user} readOnly hidden />
          <label>Current <input type="password" name="current" autocomplete="current-password" required /></label>
          <label>New <input type="password" name="new" autocomplete="new-password" required /></label>
          <button type="submit">Change</button>
        </form>
      </details>
    </div>
  );
}

export function Account() {
  const known = session.value;
  return (
    <Popover label="Account" button={<><Icon name="person" />{known?.kind === "user" && <span class="wide-only">{known.workspace}</span>}</>}>
      {() => (
        <div class="form account">
          {known?.kind === "user" ? <Own {...known} /> : <p class="hint">Signed in with a token.</p>}
          <button type="button" onClick={() => void signOut()}><Icon name="out" />Sign out</button>
          <a class="hint" href="/licences.txt" target="_blank" rel="noreferrer">Licences</a>
        </div>
      )}
    </Popover>
  );
}
