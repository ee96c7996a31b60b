// The way in.
import { signInWithToken, signedOutBecause } from "../session";
import { Logo } from "./icons";

export function SignIn() {
  return (
    <main class="sign-in">
      <form class="sign-in-card form" onSubmit={(event) => {
        event.preventDefault();
        const token = String(new FormData(event.currentTarget).get("token") ?? "").trim();
        if (token) signInWithToken(token);
      }}>
        <p class="brand big"><Logo /><span>Weir</span></p>
        <h1>Sign in</h1>
        {signedOutBecause.value && <p class="hint" role="alert">{signedOutBecause.value}</p>}
        <label>Token <input name="token" type="password" autocomplete="current-password" required autofocus /></label>
        <button type="submit" class="primary">Sign in</button>
        <p class="hint">A token is printed by <code>make run</code>, or made with <code>weir token</code>. It is kept until this tab is closed.</p>
      </form>
    </main>
  );
}
