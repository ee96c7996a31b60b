"""Service levels in a group: a policy put at any node holds on all, and every node tells how promises stand as one node alone."""

import time
from datetime import datetime, timezone

from cluster import BesideOneAlone
from running import WAIT_S_MAX

POLICY = {"metrics": {"answer": {"start": {"path": "activity", "op": "eq", "value": "asked"},
                                 "stop": {"path": "activity", "op": "eq", "value": "answered"}}},
          "targets": [{"name": "gold", "when": {"path": "case.attr.tier", "op": "eq", "value": "gold"},
                       "promises": {"answer": "1s"}},
                      {"name": "others", "promises": {"answer": "400d"}}]}


def event(case, activity, **attributes):
    return {"case_id": f"c{case}", "activity": activity, "timestamp": datetime.now(timezone.utc).isoformat(),
            "attributes": attributes}


def told(node, path, token):
    answer = node.call("GET", path, token=token)
    return {name: value for name, value in answer.body.items() if name != "as_of"} if answer.status == 200 else {}


class ServiceLevels(BesideOneAlone):
    def wait_for(self, wanted, look):
        deadline = time.monotonic() + WAIT_S_MAX
        while (found := look()) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(found, wanted)

    def test_every_node_tells_how_promises_stand(self):
        self.settles(0)
        alone = self.alone.token(self.workspace)
        for node, token in ((self.nodes[1], self.token), (self.alone, alone)):
            stored = node.call("PUT", "/v1/sla-policies/p", POLICY, token)
            self.assertEqual(stored.status, 200, stored)
        for node in self.nodes:
            self.wait_for(POLICY, lambda node=node: told(node, "/v1/sla-policies/p", self.token).get("document"))
        time.sleep(1)  # in force, from a tick on
        events = [event(case, "asked", tier="gold" if case % 4 == 0 else "basic") for case in range(40)]
        events += [event(case, "answered") for case in range(0, 40, 3)]
        for node, token in ((self.nodes[0], self.token), (self.alone, alone)):
            self.assertEqual(node.call("POST", "/v1/events", events, token).status, 202)
        gold = [one for one in range(0, 40, 4) if one % 3]
        self.wait_for(len(gold), lambda: len(told(self.alone, "/v1/processes/default/sla", alone)["overdue"]))
        for path in ("sla", "clocks", "clocks?state=breached", "cases/c1/sla"):
            expected = self.without_elapsed(told(self.alone, f"/v1/processes/default/{path}", alone))
            for node in self.nodes:
                self.wait_for(expected, lambda node=node, path=path: self.without_elapsed(
                    told(node, f"/v1/processes/default/{path}", self.token)))

    @staticmethod
    def without_elapsed(answer):
        """Which goes by the last tick of a partition."""
        for policy in answer.get("policies", []):
            for cycle in policy.get("cycles", []):
                del cycle["elapsed_s"]
        return answer
