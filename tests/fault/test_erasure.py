"""An erased case does not come back: not from a checkpoint that is older than its erasure, not from the log, not sent again
(reliability, F27)."""

import time

from checker import History, check_log, report
from faulty_node import Faults
from load import stored
from running import WAIT_S_MAX, event


class Erasure(Faults):
    def post(self, node, events):
        answer = node.call("POST", "/v1/events", events, node.token("w"))
        self.assertIn(answer.status, (202, 422), answer)

    def test_f27_an_older_checkpoint_does_not_bring_an_erased_case_back(self):
        node = self.make_node(checkpoint_interval=3_600)
        node.settings["checkpoints"] = node.folder / "target"
        node.start()
        history = History()
        events = [event(f"c{n % 20}", "abc"[n % 3], n, id=f"e{n}") for n in range(400)]
        ids = [one["id"] for one in events]
        history.invoke(ids)
        self.post(node, events)
        history.acknowledge(ids)
        node.stop()
        before = self.checkpoints(node)
        node.start()  # takes a checkpoint of all that
        self.wait_for_another(node, before)
        erased = [one for one in events if one["case_id"] in ("c3", "c4")]
        for case_id in ("c3", "c4"):
            answer = node.call("DELETE", f"/v1/processes/default/cases/{case_id}", token=node.token("w"))
            self.assertEqual(answer.status, 202)
        history.erase(one["id"] for one in erased)
        self.expect(node, history)
        self.post(node, erased)
        self.expect(node, history)
        node.kill()
        for manifest in (node.folder / "data/shards").glob("*/MANIFEST*"):
            manifest.write_bytes(manifest.read_bytes()[:-1] + b"x")
        node.start()  # each shard from the checkpoint, and then the log
        self.assertIn("weir_shards_rebuilt 2", node.call("GET", "/metrics").body.decode())
        self.expect(node, history)
        self.post(node, erased)
        self.expect(node, history)

    def checkpoints(self, node):
        return {path.name for path in (node.folder / "target").rglob("manifests/*") if "unfinished" not in path.name}

    def wait_for_another(self, node, before):
        deadline = time.monotonic() + WAIT_S_MAX
        while not self.checkpoints(node) - before:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def expect(self, node, history):
        found = check_log(history, stored(node, node.token("w")))
        self.assertEqual(found, [], report(found))


del Faults  # it has no tests of its own
