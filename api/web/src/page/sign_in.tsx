// The way in: by name and password, or by a token.
import { useState } from "preact/hooks";
import { signedOutBecause } from "../session";
import { signIn, tryToken } from "./account";
import { Logo } from "./icons";

export function SignIn() {
  const [byToken, setByToken] = useState(false);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const field = (name: string): string => String(new FormData(form).get(name) ?? "").trim();
    setBusy(true);
    setFault("");
    try {
      await (byToken ? tryToken(field("token")) : signIn(field("user"), String(new FormData(form).get("password"))));
    } catch (error) {
      setFault(error instanceof Error ? error.message : "That did not work.");
    }
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form class="sign-in-card form" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <p class="brand big"><Logo /><span>Weir</span></p>
        <h1>Sign in</h1>
        {(fault || signedOutBecause.value) && <p class="ask" role="alert">{fault || signedOutBecause.value}</p>}
        {byToken ? (
          <label key="token">Token <input name="token" type="password" autocomplete="off" required autofocus /></label>
        ) : (
          <>
            <label key="user">Name <input name="user" autocomplete="username" autocapitalize="none" required autofocus /></label>
            <label key="password">Password <input name="password" type="password" autocomplete="current-password" required /></label>
          </>
        )}
        <button type="submit" class="primary" disabled={busy}>Sign in</button>
        <button type="button" class="link" onClick={() => { setByToken(!byToken); setFault(""); }}>{byToken ? "Use name and password" : "Use a token"}</button>
        {byToken && <p class="hint">A token is made with <code>weir token</code>. It is kept until this tab is closed.</p>}
      </form>
    </main>
  );
}
