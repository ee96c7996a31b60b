"""Thresholds in a group: each is measured by who has its partition, on the views of all nodes, and told once, also when that
node dies."""

import time

from cluster import NODES, TIMEOUT_S
from test_group_alerts import Telling, event

NAMES = [f"t{n}" for n in range(12)]
CASES = 60


class Thresholds(Telling):
    # Half of them pend while a node dies.
    documents = {f"thresholds/{name}": {"process": "default", "measure": "running", "op": "gte", "value": CASES, "notify": ["ops"],
                                        "for": "0s" if n % 2 == 0 else "8s"} for n, name in enumerate(NAMES)}

    def test_each_is_told_once_although_a_node_dies(self):
        self.assertEqual(self.ask(self.nodes[0], "POST", "/v1/events", [event(f"c{n}") for n in range(CASES)]), 202)
        self.wait_until(lambda: len(self.told("threshold")) >= len(NAMES) // 4)
        self.nodes[NODES - 1].kill()
        self.wait_until(lambda: set(self.told("threshold")) == set(NAMES))
        self.nodes[NODES - 1].start()
        for node in self.nodes:
            self.wait_until(lambda node=node: len(self.alerts(node)) == len(NAMES))
            self.wait_until(lambda node=node: self.ask(node, "GET", "/v1/thresholds/t0/standing") == 200)
        time.sleep(2 * TIMEOUT_S)  # whoever comes back has had its chance
        self.assertEqual({name: ids for name, ids in self.told("threshold").items() if len(ids) > 1}, {}, "told as two")
