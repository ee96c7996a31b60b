// Dead letters: events that were refused after they had been taken in, with the reason, to be tried again.
import type { DeadLetter, DeadLetters } from "../contract";
import { exactly } from "../format";
import { ask } from "../request";
import { useAsked } from "./asking";
import { done, failed } from "./notice";
import { Empty, Trouble, Waiting } from "./state_of";

function pretty(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record), null, 2);
  } catch {
    return record;
  }
}

function Letter({ letter, again }: { letter: DeadLetter; again: () => void }) {
  const replay = async (): Promise<void> => {
    try {
      await ask(`/v1/dead-letters/${letter.id}/replay`, { method: "POST" });
      done("It is tried again.");
      setTimeout(again, 400);
    } catch (fault) {
      failed("It could not be tried again", fault);
    }
  };
  return (
    <li class="letter">
      <div class="row">
        <code class="tag">{letter.code}</code>
        <span class="grow">{letter.detail}</span>
        <time class="hint" dateTime={letter.appended}>{exactly(letter.appended)}</time>
        <button type="button" onClick={() => void replay()} aria-label={`Try ${letter.id} again`}>Try again</button>
      </div>
      <details><summary>The event</summary><pre tabIndex={0}>{pretty(letter.record)}</pre></details>
    </li>
  );
}

export function Refusals() {
  const { data, problem, again } = useAsked<DeadLetters>("/v1/dead-letters?limit=200", true);
  if (!data) return problem ? <Trouble problem={problem} /> : <Waiting />;
  return (
    <section class="panel" aria-label="Refused events">
      <header class="panel-head"><h2>Refused events</h2><span class="panel-note">of the whole workspace; nothing is lost</span></header>
      {data.dead_letters.length === 0 ? <Empty title="Nothing was refused">What cannot be taken in appears here with its reason.</Empty>
        : <ul class="letters">{data.dead_letters.map((letter) => <Letter key={letter.id} letter={letter} again={again} />)}</ul>}
      {data.next && <p class="hint pad">The first 200 are shown.</p>}
    </section>
  );
}
