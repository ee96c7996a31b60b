// Who may do what in the workspace: users with their roles, and tokens for programs.
import { useState } from "preact/hooks";
import type { Role, Token, Tokens, Users } from "../contract";
import { when } from "../format";
import { ask } from "../request";
import { session } from "../session";
import { useAsked } from "./asking";
import { done, failed } from "./notice";
import { Empty, Trouble, Waiting } from "./state_of";

const roles: Role[] = ["viewer", "analyst", "admin", "producer"];
const json = { "content-type": "application/json" };

/// Does it, tells how it went, and asks anew what there is.
async function change(path: string, method: string, body: object | null, told: string, again: () => void): Promise<boolean> {
  try {
    await ask(path, { method, ...(body ? { headers: json, body: JSON.stringify(body) } : {}) });
    done(told);
    again();
    return true;
  } catch (fault) {
    failed("That did not work", fault);
    return false;
  }
}

/// `first`: what is offered before anything is chosen.
function RoleChoice({ value, name, first, onChange }: { value?: Role; name: string; first?: Role; onChange?: (role: Role) => void }) {
  return (
    <select name="role" aria-label={name} {...(value ? { value } : {})} onChange={(event) => onChange?.(event.currentTarget.value as Role)}>
      {roles.map((role) => <option key={role} value={role} selected={role === (value ?? first)}>{role}</option>)}
    </select>
  );
}

function UserList() {
  const { data, problem, again } = useAsked<Users>("/v1/users?limit=1000");
  const own = session.value?.kind === "user" ? session.value.user : "";
  const add = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const user = String(given.get("user")).toLowerCase();
    const password = String(given.get("password"));
    if (await change("/v1/users", "POST", { user, role: given.get("role"), ...(password ? { password } : {}) }, `${user} is added.`, again)) form.reset();
  };
  return (
    <section class="panel" aria-label="Users">
      <header class="panel-head"><h2>Users</h2></header>
      {!data ? (problem ? <Trouble problem={problem} /> : <Waiting />) : (
        <>
          {data.users.length === 0 ? <Empty title="Nobody yet" /> : (
            <div class="scroll" tabIndex={0} role="region" aria-label="Table of users"><table>
              <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Added</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
              <tbody>
                {data.users.map((one) => (
                  <tr key={one.user}>
                    <th scope="row">{one.user}{one.user === own && <span class="hint"> (you)</span>}</th>
                    <td><RoleChoice value={one.role} name={`Role of ${one.user}`} onChange={(role) => void change(`/v1/users/${encodeURIComponent(one.user)}`, "PUT", { role }, `${one.user} is ${role} now.`, again)} /></td>
                    <td>{when(one.made)}</td>
                    <td class="num"><button type="button" aria-label={`Remove ${one.user}`} onClick={() => void change(`/v1/users/${encodeURIComponent(one.user)}`, "DELETE", null, `${one.user} is removed.`, again)}>Remove</button></td>
                  </tr>
                ))}
              </tbody>
            </table></div>
          )}
          <form class="row wrap pad" onSubmit={(event) => { event.preventDefault(); void add(event.currentTarget); }}>
            <input name="user" aria-label="Name of the new user" placeholder="name" autocomplete="off" required />
            <input name="password" type="password" aria-label="Password of the new user" placeholder="password" autocomplete="new-password" />
            <RoleChoice name="Role of the new user" />
            <button type="submit">Add user</button>
          </form>
        </>
      )}
    </section>
  );
}

function TokenRow({ token, again }: { token: Token; again: () => void }) {
  return (
    <tr>
      <th scope="row">{token.name ?? <span class="hint">of the command line</span>}</th>
      <td>{token.role}</td>
      <td>{when(token.made)}</td>
      <td>{token.last_used ? when(token.last_used) : "never"}</td>
      <td>{token.expires ? when(token.expires) : "no end"}</td>
      <td class="num"><button type="button" aria-label={`Revoke ${token.name ?? token.id}`} onClick={() => void change(`/v1/tokens/${token.id}`, "DELETE", null, "The token is revoked.", again)}>Revoke</button></td>
    </tr>
  );
}

function TokenList() {
  const { data, problem, again } = useAsked<Tokens>("/v1/tokens?limit=1000");
  const [made, setMade] = useState("");
  const add = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    try {
      const { token } = await ask<{ token: string }>("/v1/tokens", { method: "POST", headers: json, body: JSON.stringify({ name: given.get("name"), role: given.get("role") }) });
      setMade(token);
      form.reset();
      again();
    } catch (fault) {
      failed("No token was made", fault);
    }
  };
  return (
    <section class="panel" aria-label="Tokens">
      <header class="panel-head"><h2>Tokens</h2><span class="panel-note">for programs that post events or ask for views</span></header>
      {!data ? (problem ? <Trouble problem={problem} /> : <Waiting />) : (
        <>
          {data.tokens.length > 0 && (
            <div class="scroll" tabIndex={0} role="region" aria-label="Table of tokens"><table>
              <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Made</th><th scope="col">Last used</th><th scope="col">Ends</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
              <tbody>{data.tokens.map((token) => <TokenRow key={token.id} token={token} again={again} />)}</tbody>
            </table></div>
          )}
          {made && <p class="understood made" role="status">Copy it now, it is not shown again: <code>{made}</code></p>}
          <form class="row wrap pad" onSubmit={(event) => { event.preventDefault(); void add(event.currentTarget); }}>
            <input name="name" aria-label="Name of the new token" placeholder="what it is for" required maxLength={128} />
            <RoleChoice name="Role of the new token" first="producer" />
            <button type="submit">Make token</button>
          </form>
        </>
      )}
    </section>
  );
}

export function People() {
  return <><UserList /><TokenList /></>;
}
