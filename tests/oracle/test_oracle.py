"""The oracle's own tests: figures worked out by hand, and proof that the comparison sees what it must see.
Run: python3 -m unittest discover -s tests/oracle"""

import copy
import importlib.util
import json
import unittest

import reference
import streams
from compare import compare
from reference import Completion, Event
from weir import Answer

MINUTE = 60_000_000


def event(case_id, activity, began, ended=None, **more):
    """Times in minutes."""
    ended = began if ended is None else ended
    return Event(case_id, activity, began * MINUTE, ended * MINUTE, has_start=began != ended, **more)


# One case: plan 0-60, build 60-300, review 120-180 inside build, release 330-360.
WORK = [
    event("k", "release", 330, 360, id="4", resource="eve"),
    event("k", "plan", 0, 60, id="1", resource="eve"),
    event("k", "review", 120, 180, id="3", resource="gil"),
    event("k", "build", 60, 300, id="2", resource="eve"),
]


class ReferenceTest(unittest.TestCase):
    def figures(self, activity):
        found = reference.answer(WORK)["map"]["activities"]
        one = next(entry for entry in found if entry["name"] == activity)
        return tuple(one[name]["sum"] / 60 for name in ("service_s", "waiting_s", "sojourn_s"))

    def test_an_event_is_enabled_by_the_latest_end_before_its_begin(self):
        self.assertEqual(self.figures("plan"), (60, 0, 60))
        self.assertEqual(self.figures("build"), (240, 0, 240))
        self.assertEqual(self.figures("review"), (60, 60, 120))  # enabled by plan: build still runs
        self.assertEqual(self.figures("release"), (30, 30, 60))  # enabled by build, the later end

    def test_busy_time_is_the_union_of_intervals(self):
        kpis = reference.answer(WORK)["kpis"]
        self.assertEqual(kpis["cycle_time_s"]["sum"], 360 * 60)
        self.assertEqual(kpis["busy_time_s"]["sum"], 330 * 60)
        self.assertEqual(kpis["waiting_time_s"]["sum"], 30 * 60)
        self.assertEqual(kpis["flow_efficiency"], 330 / 360)

    def test_overlaps_are_clamped_and_counted(self):
        edges = {(edge["from"], edge["to"]): edge for edge in reference.answer(WORK)["map"]["edges"]}
        self.assertEqual(edges["build", "review"]["overlaps"], 1)
        self.assertEqual(edges["build", "review"]["duration_s"]["max"], 0)
        self.assertEqual(edges["review", "release"]["duration_s"]["sum"], 150 * 60)

    def test_handover_counts_self(self):
        shares = {(edge["from"], edge["to"]): edge["share"] for edge in reference.answer(WORK)["handover"]["edges"]}
        self.assertEqual(shares, {("eve", "eve"): 1 / 3, ("eve", "gil"): 1 / 3, ("gil", "eve"): 1 / 3})

    def test_quantiles_are_order_statistics(self):
        ordered = list(range(1, 11))
        self.assertEqual([reference.quantile(ordered, p) for p in (1, 500, 501, 900, 990)], [1, 5, 6, 9, 10])

    def test_stdev_is_of_a_sample(self):
        self.assertAlmostEqual(reference.statistics([2, 4, 4, 4, 5, 5, 7, 9])["stdev"], 2.13808993529939e-06, 18)
        self.assertIsNone(reference.statistics([5])["stdev"])

    def test_starts_pair_first_in_first_out(self):
        steps = [("start", 0), ("start", 10), ("complete", 30), ("complete", 50), ("complete", 60)]
        trace = [event("c", "a", at, lifecycle=kind, sequence=row) for row, (kind, at) in enumerate(steps)]
        paired = [(one.began // MINUTE, one.ended // MINUTE) for one in reference.completes_only(trace)]
        self.assertEqual(paired, [(0, 30), (10, 50), (60, 60)])

    def test_completion_by_end_activity_and_by_silence(self):
        events = [event("a", "go", 0), event("a", "end", 5), event("b", "go", 0), event("c", "go", 9)]
        policy = Completion(frozenset({"end"}), inactivity=5 * MINUTE, now=10 * MINUTE)
        kpis = reference.answer(events, completion=policy)["kpis"]
        self.assertEqual((kpis["completed"], kpis["running"], kpis["open_included"]), (2, 1, False))
        self.assertEqual(kpis["cycle_time_s"]["max"], 300)
        self.assertEqual(reference.flow_per_hour(events, policy), {0: [3, 2]})

    def test_no_events(self):
        answered = reference.answer([])
        self.assertEqual(answered["kpis"]["cases"], 0)
        self.assertIsNone(answered["kpis"]["cycle_time_s"]["mean"])


class CompareTest(unittest.TestCase):
    def setUp(self):
        self.expected = reference.answer(WORK)
        self.actual = copy.deepcopy(self.expected)

    def assert_differs(self, where):
        differences = compare(self.expected, self.actual)
        self.assertTrue(any(where in difference for difference in differences), differences)

    def test_equal_answers_have_no_difference(self):
        self.assertEqual(compare(self.expected, self.actual), [])

    def test_a_count_is_exact(self):
        self.actual["map"]["edges"][0]["count"] += 1
        self.assert_differs("count")

    def test_a_missing_and_a_foreign_entry_are_seen(self):
        self.actual["map"]["activities"][0]["name"] = "other"
        self.assert_differs("missing")
        self.assert_differs("not expected")

    def test_times_are_within_a_microsecond(self):
        self.actual["kpis"]["cycle_time_s"]["mean"] += 0.9e-6
        self.assertEqual(compare(self.expected, self.actual), [])
        self.actual["kpis"]["cycle_time_s"]["mean"] += 0.3e-6
        self.assert_differs("cycle_time_s.mean")

    def test_quantiles_are_within_one_percent(self):
        self.actual["kpis"]["cycle_time_s"]["p50"] *= 1.0099
        self.assertEqual(compare(self.expected, self.actual), [])
        self.actual["kpis"]["cycle_time_s"]["p50"] *= 1.001
        self.assert_differs("cycle_time_s.p50")

    def test_null_is_no_number(self):
        self.actual["kpis"]["cycle_time_s"]["stdev"] = 0
        self.assert_differs("stdev")

    def test_variants_come_in_order(self):
        for answered in (self.expected, self.actual):
            answered["variants"]["variants"].append({"activities": ["z"], "count": 1})
        self.actual["variants"]["variants"].reverse()
        self.assert_differs("not in order")


@unittest.skipUnless(importlib.util.find_spec("jsonschema"), "jsonschema is not installed")
class ContractTest(unittest.TestCase):
    def setUp(self):
        from contract import Contract  # pylint: disable=import-outside-toplevel

        shape = {"type": "object", "required": ["edges"]}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Map"}}}
        paths = {"/processes/{p}/map": {"get": {"responses": {"200": {"content": content}}}}}
        self.contract = Contract({"paths": paths, "components": {"schemas": {"Map": shape}}})

    def see(self, path="/processes/a%2Fb/map?after=1", status=200, media="application/json", body=None):
        self.contract(Answer("GET", path, status, {"content-type": media}, json.dumps(body or {"edges": []})))

    def test_a_declared_answer_passes(self):
        self.see()

    def test_another_shape_path_status_or_type_is_seen(self):
        for deviation in (
            {"body": {"nodes": []}},
            {"path": "/processes/a/b/map"},
            {"status": 404},
            {"media": "application/problem+json"},
        ):
            with self.subTest(deviation), self.assertRaises(AssertionError):
                self.see(**deviation)


class StreamsTest(unittest.TestCase):
    def test_shuffling_keeps_the_events_and_moves_the_share(self):
        events = list(range(1000))
        moved = streams.shuffled(events, 0.1, seed=7)
        self.assertEqual(sorted(moved), events)
        self.assertTrue(50 < sum(a != b for a, b in zip(events, moved)) <= 100)
        self.assertEqual(moved, streams.shuffled(events, 0.1, seed=7))

    def test_duplicates_come_later(self):
        sent = streams.with_duplicates(list(range(100)), 0.05, seed=1)
        self.assertEqual(len(sent), 105)
        self.assertEqual(list(dict.fromkeys(sent)), list(range(100)))

    def test_overlapping_files_unite_to_the_whole(self):
        events = [event("c", "a", minute, id=str(minute)) for minute in range(50)]
        first, second = streams.overlapping(events, seed=3)
        self.assertTrue(set(one.id for one in first) & set(one.id for one in second))
        self.assertEqual({one.id for one in streams.united(first, second)}, {one.id for one in events})


if __name__ == "__main__":
    unittest.main()
