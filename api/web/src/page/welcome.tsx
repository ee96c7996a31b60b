// What stands where no event has come yet: the two ways to bring some.
import { isAdmin } from "./account";
import { Icon } from "./icons";

const example = (): string => `curl ${location.origin}/v1/events \\
  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"process":"orders","case_id":"o-1","activity":"register","timestamp":"${new Date().toISOString()}"}'`;

export function Welcome({ onUpload }: { onUpload: () => void }) {
  return (
    <section class="panel welcome" aria-label="How to begin">
      <h2>No events yet</h2>
      <p>Drop a log file anywhere on this page: you see how its columns are read, and then the map draws itself.</p>
      <p><button type="button" class="primary" onClick={onUpload}><Icon name="upload" />Choose a file</button></p>
      <p>Or let a program post events; they appear here as they come. {isAdmin() && <>Its token is made under <a href="?view=people">People</a>.</>}</p>
      <pre tabIndex={0} aria-label="An example">{example()}</pre>
    </section>
  );
}
