"""One log through one server, step by step; after each step the views must equal the batch answer.

posting (shuffled, 5 % twice, in batches, the server killed meanwhile) → erasing a tenth of the cases → sending the
erased events again → two overlapping uploads → withdrawing the first, then the second."""

import copy
import re
import time
from dataclasses import dataclass
from urllib.parse import quote

import reference
import streams
from compare import compare
from weir import PATIENCE, Assassin

DUPLICATES = 0.05
ERASED = 0.1
BATCH_EVENTS_MAX = 500
UPLOAD_S_MAX = 300 * PATIENCE


@dataclass
class Plan:
    """How a log is sent."""

    shuffle: float  # share of the events out of place
    kills: int
    seed: int


class Scenario:
    """`differences` yields (step, differences) as the steps are done."""

    def __init__(self, events, server, client, plan):
        self.events, self.server, self.client, self.plan = events, server, client, plan
        self.process = "posted"
        self.reached = {}  # partition: offset behind all that was answered; views asked with it include all of it

    def differences(self):
        yield "posting", self._post_all()
        yield "life cycle", self._compare_completes()
        erased = streams.some_cases(self.events, ERASED, self.plan.seed)
        yield "erasing", self._erase(erased)
        yield "erased events again", self._resend(erased)
        yield from self._uploads()

    # ---- comparing

    def _compare(self, events, duplicates=None):
        """`duplicates` None: not known, because requests were repeated."""
        expected = copy.deepcopy(reference.answer(events))
        expected["kpis"].pop("duplicates")
        if duplicates is not None:
            expected["kpis"]["duplicates"] = duplicates
        return compare(expected, self.client.views(self.process, after=self.position))

    def _compare_completes(self):
        expected = {"map": reference.answer(self.events, lifecycle="complete")["map"]}
        found = self.client.view(self.process, "map", after=self.position, lifecycle="complete")
        return compare(expected, {"map": found})

    def _take_position(self, answer):
        """An answer's position stands for what it answers alone."""
        position = answer.body.get("position") if isinstance(answer.body, dict) else None
        for partition, offset in re.findall(r"(\d+)-(\d+)", position or ""):
            self.reached[int(partition)] = max(int(offset), self.reached.get(int(partition), 0))

    @property
    def position(self):
        return ".".join(f"{partition}-{offset}" for partition, offset in sorted(self.reached.items())) or None

    # ---- posting

    def _post(self, batch, statuses=(202,)):
        body = streams.ndjson(batch, self.process)
        answer = self.client.expect(statuses, "POST", "/v1/events", body, "application/x-ndjson")
        self._take_position(answer)
        return answer

    def _post_all(self):
        sent = streams.with_duplicates(
            streams.shuffled(self.events, self.plan.shuffle, self.plan.seed), DUPLICATES, self.plan.seed
        )
        size = min(BATCH_EVENTS_MAX, max(1, len(sent) // (4 * self.plan.kills + 4)))
        batches = streams.batches(sent, size)
        assassin = Assassin(self.server, self.plan.kills, len(batches), self.plan.seed)
        for number, batch in enumerate(batches):
            timer, begin = assassin.watch(number), time.monotonic()
            answer = self._post(batch)
            assassin.learn(time.monotonic() - begin)
            if answer.body["rejected"]:
                return [f"batch {number}: {answer.body['rejected'][:3]}"]
            if timer:
                timer.join()
        self.server.revive()  # it may have been killed right after the last answer
        return self._compare(self.events, None if self.plan.kills else len(sent) - len(self.events))

    # ---- erasing

    def _erase(self, case_ids):
        for case_id in sorted(case_ids):
            path = f"/v1/processes/{self.process}/cases/{quote(case_id, safe='')}"
            self._take_position(self.client.expect((200, 202, 204), "DELETE", path))
        return self._compare(streams.without_cases(self.events, case_ids))

    def _resend(self, case_ids):
        """Refused at once or dropped by the task, they must not come back: not now, not after a crash."""
        again = [event for event in self.events if event.case_id in case_ids]
        for batch in streams.batches(again, BATCH_EVENTS_MAX):
            self._post(batch, statuses=(202, 422))
        left = streams.without_cases(self.events, case_ids)
        found = self._compare(left)
        self.server.kill()
        self.server.revive()
        return found + self._compare(left)

    # ---- uploads

    def _uploads(self):
        first, second = streams.overlapping(self.events, self.plan.seed)
        self.process = "uploaded"
        uploads = [self._upload(part) for part in (first, second)]
        yield "overlapping uploads", self._compare(streams.united(first, second))
        self._withdraw(uploads[0])
        yield "first upload withdrawn", self._compare(streams.united(second))
        self._withdraw(uploads[1])
        yield "both uploads withdrawn", self._compare([])

    def _upload(self, events):
        path = f"/v1/uploads?process={self.process}"
        answer = self.client.expect((202,), "POST", path, streams.csv_file(events), "text/csv")
        upload = answer.body["upload"]
        self._settle(upload, "done")
        return upload

    def _withdraw(self, upload):
        self._take_position(self.client.expect((200, 202, 204), "DELETE", f"/v1/uploads/{upload}"))
        self._settle(upload, "withdrawn")

    def _settle(self, upload, state):
        """Waits for the upload to reach the state."""
        deadline = time.monotonic() + UPLOAD_S_MAX
        while time.monotonic() < deadline:
            answer = self.client.expect((200, 404), "GET", f"/v1/uploads/{upload}")
            if answer.status == 404 and state == "withdrawn":
                return
            self._take_position(answer)
            if answer.body.get("state") == state:
                return
            if answer.body.get("state") == "failed":
                raise RuntimeError(f"{answer}")
            time.sleep(0.02)
        raise RuntimeError(f"upload {upload} is not {state} after {UPLOAD_S_MAX} s")
