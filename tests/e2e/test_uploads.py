"""Files: CSV, XES and XLSX in, withdrawn, out again, and the commands that do it."""

import gzip
import io
import json
import socket
import tempfile
import time
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from running import ROOT, WAIT_S_MAX, WithNode, event

CSV = """case_id,activity,timestamp,resource,amount
1,received,2026-01-01T00:00:00Z,ann,10
1,packed,2026-01-01T00:10:00Z,bob,10
1,sent,2026-01-01T00:30:00Z,bob,10
2,received,2026-01-01T01:00:00Z,ann,7.50
2,sent,2026-01-01T01:30:00Z,ann,7.50
"""
EDGES = {("received", "packed"): 1, ("packed", "sent"): 1, ("received", "sent"): 1}
XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><trace><string key="concept:name" value="1"/>
<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2026-01-01T00:00:00+00:00"/></event>
<event><string key="concept:name" value="b"/><date key="time:timestamp" value="2026-01-01T00:05:00+00:00"/></event>
</trace></log>"""


TICKETS = (ROOT / "tests/data/tickets.xlsx").read_bytes()
XLS = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def archive(**entries):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, content in entries.items():
            archived.writestr(name, content)
    return made.getvalue()


class Files(WithNode):
    def test_csv(self):
        found = self.upload(CSV)
        self.assertEqual((found["rows"], found["accepted"], found["rejected"], found["format"]), (5, 5, 0, "csv"))
        self.assertEqual(found["columns"], ["case_id", "activity", "timestamp", "resource", "amount"])
        self.assertEqual(self.edges(found["position"]), EDGES)

    def test_gzip_and_content_encoding(self):
        found = self.upload(gzip.compress(CSV.encode()))
        self.assertTrue(found["gzip"])
        found = self.upload(gzip.compress(CSV.encode()), content_encoding="gzip")
        self.assertFalse(found["gzip"])
        self.assertEqual(self.view("kpis", found["position"])["duplicates"], 5)

    def test_xes(self):
        self.assertEqual(self.edges(self.upload(XES)["position"]), {("a", "b"): 1})

    def test_faults_of_rows_are_told_by_line_and_column(self):
        found = self.upload(CSV + "3,,2026-01-01T00:00:00Z,ann,1\n4,a,never,ann,1\n5,a\n6,a,2999-01-01T00:00:00Z,a,1\n")
        self.assertEqual((found["accepted"], found["rejected"]), (5, 4))
        self.assertEqual({(e["line"], e["column"], e["code"]) for e in found["errors"]},
                         {(7, 2, "missing_value"), (8, 3, "bad_timestamp"), (9, 3, "ragged_row"),
                          (10, 0, "timestamp_out_of_range")})

    def test_the_same_file_twice_and_a_longer_one_add_only_what_is_new(self):
        self.upload(CSV)
        found = self.upload(CSV + "3,received,2026-01-02T00:00:00Z,ann,1\n")
        kpis = self.view("kpis", found["position"])
        self.assertEqual((kpis["events"], kpis["duplicates"]), (6, 5))

    def test_fingerprint_and_drift(self):
        first = self.upload(CSV)
        second = self.upload(CSV.replace("amount", "price"))
        self.assertNotEqual(first["schema_fingerprint"], second["schema_fingerprint"])
        self.assertEqual((first["drift"], second["drift"]), (None, {"added": ["price"], "removed": ["amount"]}))

    def test_declared_mapping_and_zone(self):
        content = "x,y,z\n1,a,2026-07-01 12:00:00\n1,b,2026-07-01 13:00:00\n"
        found = self.upload(content, more="&map=case_id=x&map=activity=y&map=timestamp=z&zone=Europe/Berlin")
        first = self.view("kpis", found["position"])["first_event"]
        self.assertEqual(first, "2026-07-01T10:00:00Z")

    def test_whole_files_that_are_refused(self):
        cases = [("unsupported_format", 415, b"\x7fELF\x02\x01\x01" + bytes(100)), ("empty_body", 400, b""),
                 ("empty_file", 422, b"case_id,activity,timestamp\n"), ("missing_column", 422, b"a,b,c\n1,2,3\n"),
                 ("duplicate_header", 422, b"case_id,activity,timestamp,timestamp\n1,a,2,3\n"),
                 ("doctype_refused", 422, b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "b">]><log></log>'),
                 ("unsupported_format", 415, XLS), ("unsupported_format", 415, archive(a="not a workbook")),
                 ("unsupported_format", 415, gzip.compress(TICKETS)),
                 ("bad_archive", 422, archive(**{"../../etc/passwd": "x"})), ("bad_archive", 422, TICKETS[:-30]),
                 ("decompression_limit", 413, archive(bomb=bytes(64 << 20))),
                 ("missing_column", 422, TICKETS),
                 ("decompression_limit", 413, gzip.compress(b"case_id,activity,timestamp\n" + b"1,a,2026-01-01T00:00:00Z\n" * 2_000_000))]
        for code, status, content in cases:
            with self.subTest(code):
                self.refused(code, status, "POST", "/v1/uploads?process=p", content)
        self.assertEqual(self.expect(200, "GET", "/v1/uploads").body["uploads"], [])

    def test_a_file_that_breaks_off_leaves_nothing(self):
        rows = "".join(f"{n},a,2026-01-01T00:00:00Z,{n:0300}\n" for n in range(20_000))
        found = self.upload("case_id,activity,timestamp,x\n" + rows + "1," + "x" * (2 << 20), state="failed")
        self.assertEqual(found["failure"]["code"], "line_too_long")
        self.assertEqual(self.view("kpis", found["position"])["events"], 0)

    def breaks_off(self, path, content):
        """The connection ends when 99 % of the file are sent."""
        with socket.create_connection(self.node.address) as connection:
            head = (f"POST {path} HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer {self.token}\r\n"
                    f"content-length: {len(content)}\r\n\r\n")
            connection.sendall(head.encode() + content[:len(content) * 99 // 100])

    def test_a_connection_that_breaks_off_leaves_nothing_and_the_file_can_be_sent_again(self):
        rows = [[str(n // 4), "abcd"[n % 4], f"2026-01-01T00:00:{n % 60:02}Z"] for n in range(20_000)]
        lines = [["case_id", "activity", "timestamp"], *rows]
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        saved = io.BytesIO()
        book.save(saved)
        files = {"csv": "".join(",".join(line) + "\n" for line in lines).encode(), "xlsx": saved.getvalue()}
        for process, content in files.items():
            with self.subTest(process):
                self.breaks_off(f"/v1/uploads?process={process}", content)
                found = self.upload(content, process)
                kpis = self.view("kpis", found["position"], process)
                self.assertEqual((kpis["events"], kpis["cases"], kpis["duplicates"]), (20_000, 5_000, 0))
        self.assertEqual(len(self.expect(200, "GET", "/v1/uploads").body["uploads"]), 2)  # the whole ones
        spool, deadline = self.node.folder / "data/spool", time.monotonic() + WAIT_S_MAX
        while list(spool.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(list(spool.iterdir()), [])

    def test_wrong_parameters(self):
        for more in ("process=Not%20plain", "process=p&zone=Nowhere/At_All", "process=p&date_order=up", "process=p&map=x",
                     "process=p&nonsense=1"):
            answer = self.call("POST", f"/v1/uploads?{more}", CSV)
            self.assertIn(answer.body["code"], ("bad_query", "unknown_zone"), answer)

    def test_idempotency_key(self):
        path = "/v1/uploads?process=p"
        first = self.expect(202, "POST", path, CSV, idempotency_key="u")
        self.assertEqual(self.expect(202, "POST", path, CSV, idempotency_key="u").body, first.body)
        self.refused("idempotency_conflict", 409, "POST", path, CSV + "\n", idempotency_key="u")
        self.assertEqual(len(self.expect(200, "GET", "/v1/uploads").body["uploads"]), 1)

    def test_list_by_pages(self):
        made = [self.upload(CSV)["upload"] for _ in range(3)]
        seen, cursor = [], ""
        while cursor is not None:
            page = self.expect(200, "GET", f"/v1/uploads?limit=1{cursor and '&cursor=' + cursor}").body
            seen += [upload["upload"] for upload in page["uploads"]]
            cursor = page["next"]
        self.assertEqual(seen, made[::-1])


class Workbooks(WithNode):
    """What other programs write, held to the same table as a CSV."""

    HEADER = ["case_id", "activity", "timestamp", "resource", "amount", "paid"]
    ROWS = [[f"order {n // 3}", ("received", "packed & sealed", "größe 🙂")[n % 3],
             datetime(2026, 3, 1, 8, 30) + timedelta(minutes=17 * n, milliseconds=n % 1000), "ann" if n % 2 else None,
             n / 8, n % 3 == 0] for n in range(3000)]

    def as_csv(self):
        lines = [",".join(self.HEADER)]
        for case, activity, time, resource, amount, paid in self.ROWS:
            cells = (case, activity, time.isoformat(timespec="milliseconds"), resource or "", f"{amount:g}", str(paid).lower())
            lines.append(",".join(cells))
        return ("\n".join(lines) + "\n").encode()

    def by_openpyxl(self, epoch=None):
        book, made = openpyxl.Workbook(), io.BytesIO()
        if epoch:
            book.epoch = epoch
        for row in [self.HEADER, *self.ROWS]:
            book.active.append(row)
        book.save(made)
        return made.getvalue()

    def by_xlsxwriter(self, **options):
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, {"default_date_format": "dd/mm/yy hh:mm", **options}) as book:
            sheet = book.add_worksheet()
            for at, row in enumerate([self.HEADER, *self.ROWS]):
                sheet.write_row(at, 0, row)
        return made.getvalue()

    def test_are_the_same_events_as_their_table_in_a_csv(self):
        position = self.upload(self.as_csv(), more="&zone=UTC")["position"]
        expected = self.view("kpis", position)
        written = {"openpyxl": self.by_openpyxl(), "openpyxl 1904": self.by_openpyxl(CALENDAR_MAC_1904),
                   "xlsxwriter": self.by_xlsxwriter(), "xlsxwriter 1904": self.by_xlsxwriter(date_1904=True),
                   "xlsxwriter, inline strings": self.by_xlsxwriter(constant_memory=True),
                   "xlsxwriter, zip64": self.by_xlsxwriter(use_zip64=True)}
        for count, (name, content) in enumerate(written.items(), 1):
            with self.subTest(name):
                found = self.upload(content, more="&zone=UTC")
                self.assertEqual((found["format"], found["accepted"], found["rejected"]), ("xlsx", 3000, 0), found["errors"])
                kpis = self.view("kpis", found["position"])
                # The content of an event is its identity: each row is told to be the one of the CSV.
                self.assertEqual((kpis["events"], kpis["duplicates"]), (3000, 3000 * count))
                self.assertEqual(kpis["cycle_time_s"], expected["cycle_time_s"])

    def test_errors_of_cells_are_told_by_row_and_column(self):
        book, made = openpyxl.Workbook(), io.BytesIO()
        for row in (self.HEADER, self.ROWS[0], [*self.ROWS[1][:4], "#N/A", True], [], self.ROWS[2], [1, "a", "never"]):
            book.active.append(row)
        book.save(made)
        found = self.upload(made.getvalue(), more="&zone=UTC")
        self.assertEqual((found["accepted"], found["rejected"]), (2, 2))
        self.assertEqual([(e["line"], e["column"], e["code"]) for e in found["errors"]],
                         [(3, 5, "cell_error"), (6, 3, "bad_timestamp")])

    def test_a_sheet_is_chosen_by_its_name(self):
        self.refused("missing_sheet", 422, "POST", "/v1/uploads?sheet=Nowhere", TICKETS)
        found = self.upload(TICKETS, more="&sheet=Tickets&zone=Europe/Berlin&map=timestamp=When")
        self.assertEqual((found["sheet"], found["accepted"]), ("Tickets", 3))
        self.assertEqual(self.view("kpis", found["position"])["first_event"], "2026-01-05T08:00:00Z")

    def test_can_be_withdrawn(self):
        found = self.upload(TICKETS, more="&sheet=Tickets&zone=UTC&map=timestamp=When")
        position = self.expect(202, "DELETE", f"/v1/uploads/{found['upload']}").body["position"]
        self.assertEqual(self.view("kpis", position)["events"], 0)

    def test_are_read_by_the_commands(self):
        file = str(ROOT / "tests/data/tickets.xlsx")
        how = ("--sheet", "Tickets", "--map", "timestamp=When", "--zone", "UTC")
        done = self.command("discover", file, *how)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertEqual(json.loads(done.stdout)["kpis"]["events"], 3)
        done = self.command("ingest", file, *how, "--process", "p", "--server", self.url())
        self.assertIn("3 rows, 3 accepted, 0 rejected", done.stdout, done)


class Withdrawal(WithNode):
    def test_takes_back_what_this_upload_alone_brought(self):
        first, second = self.upload(CSV), self.upload(CSV.replace("2,sent", "2,returned"))
        position = self.expect(202, "DELETE", f"/v1/uploads/{first['upload']}").body["position"]
        self.assertEqual(self.edges(position), {("received", "packed"): 1, ("packed", "sent"): 1,
                                                ("received", "returned"): 1})
        self.assertEqual(self.wait_for_upload(first["upload"], "withdrawn")["position"], position)
        position = self.expect(202, "DELETE", f"/v1/uploads/{second['upload']}").body["position"]
        self.assertEqual(self.view("kpis", position)["events"], 0)
        self.assertEqual(self.view("kpis", self.upload(CSV)["position"])["events"], 5)

    def test_what_a_producer_sent_too_stays(self):
        rows = "case_id,activity,timestamp,id\n1,a,2026-01-01T00:00:00Z,x\n1,b,2026-01-01T00:01:00Z,y\n"
        found = self.upload(rows)
        self.post([event("1", "a", 0, id="x")])
        position = self.expect(202, "DELETE", f"/v1/uploads/{found['upload']}").body["position"]
        self.assertEqual([a["name"] for a in self.view("map", position)["activities"]], ["a"])


class Export(WithNode):
    def test_an_export_imports_to_the_same_map(self):
        position = self.post([event("1", "a", 0, resource="ann", attributes={"n": 1.50, "t": "=1+1", "z": None}),
                              event("1", "b", 0, lifecycle="start", instance="i"), event("1", "b", 5, instance="i"),
                              event("ü\u4e2d", "c,\"d\"", 9, start="2026-01-01T00:08:00Z", attributes={"n": "text"})])
        before = self.view("map", position)
        for form in ("csv", "xes", "ndjson"):
            with self.subTest(form):
                answer = self.call("GET", f"/v1/processes/default/export?format={form}")
                if form == "ndjson":
                    lines = answer.body
                    found = self.expect(202, "POST", "/v1/events", lines, self.node.token(self.workspace[:60] + "-n"),
                                        content_type="application/x-ndjson").body
                    after = self.expect(200, "GET", f"/v1/processes/default/map?after={found['position']}", None,
                                        self.node.token(self.workspace[:60] + "-n")).body
                else:
                    found = self.upload(answer.body, process=form)
                    self.assertEqual((found["accepted"], found["rejected"]), (4, 0), found)
                    after = self.view("map", found["position"], form)
                self.assertEqual({**before, "as_of": "", "process": ""}, {**after, "as_of": "", "process": ""})

    def test_many_cases(self):
        position = self.post([event(f"c{n:05}", "a", n % 60) for n in range(3000)])
        body = self.call("GET", f"/v1/processes/default/export?format=ndjson&after={position}").body.decode()
        self.assertEqual(len(body.splitlines()), 3000)

    def test_formulas_are_quoted(self):
        position = self.post([event("=cmd()", "+a", 0)])
        self.assertIn("'=cmd()", self.call("GET", f"/v1/processes/default/export?after={position}").body.decode())


class Commands(WithNode):
    def test_ingest_and_export(self):
        with tempfile.TemporaryDirectory() as folder:
            file, out = Path(folder, "log.csv"), Path(folder, "out.csv")
            file.write_text(CSV)
            done = self.command("ingest", str(file), "--process", "p", "--server", self.url())
            self.assertEqual((done.returncode, done.stderr), (0, ""), done)
            self.assertIn("5 rows, 5 accepted, 0 rejected", done.stdout)
            done = self.command("export", "--process", "p", "--server", self.url(), "--output", str(out))
            self.assertEqual((done.returncode, done.stdout), (0, ""), done)
            self.assertEqual(len(out.read_text().splitlines()), 6)

    def test_what_fails_says_why(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("a,b\n1,2\n")
            file.flush()
            done = self.command("ingest", file.name, "--server", self.url())
            self.assertEqual(done.returncode, 1)
            self.assertIn("missing_column", done.stderr)
            done = self.command("ingest", file.name, "--server", "http://127.0.0.1:9")
            self.assertEqual(done.returncode, 1)
            self.assertIn("cannot be reached", done.stderr)
            done = self.command("ingest", file.name, "--server", self.url(), token="weir_wrong")
            self.assertIn("invalid_token", done.stderr)
        self.assertEqual(self.command("ingest", "/nowhere.csv", "--server", self.url()).returncode, 1)
        self.assertEqual(self.command("ingest").returncode, 2)


class Preview(WithNode):
    def look(self, content, more="", status=200):
        return self.expect(status, "POST", f"/v1/uploads/preview?whole=true{more}", content,
                           content_type="application/octet-stream").body

    def test_what_it_tells_is_what_an_upload_does(self):
        content = "Ticket;Step;When;Agent\n1;open;05.01.2026 09:00;ann\n1;close;13.01.2026 10:00;bob\n"
        seen = self.look(content, "&map=timestamp=When")
        self.assertEqual((seen["asks"], seen["failure"]), (["zone"], None))
        seen = self.look(content, "&zone=Europe/Berlin&map=timestamp=When")
        self.assertEqual(seen["events"][1], {"case_id": "1", "activity": "close", "timestamp": "2026-01-13T09:00:00Z",
                                             "resource": "bob"})
        found = self.upload(content, more="&zone=Europe/Berlin&map=timestamp=When")
        self.assertEqual([found[name] for name in ("mapping", "columns", "schema_fingerprint")],
                         [seen[name] for name in ("mapping", "columns", "schema_fingerprint")])

    def test_a_workbook_tells_its_sheets(self):
        seen = self.look(TICKETS)
        self.assertEqual((seen["format"], seen["sheet"], seen["sheets"]), ("xlsx", "Notes", ["Notes", "Tickets"]))
        self.assertEqual(seen["failure"]["code"], "missing_column")
        seen = self.look(TICKETS, "&sheet=Tickets&map=timestamp=When")
        self.assertEqual((seen["asks"], seen["failure"]), (["zone"], None))
        self.assertEqual(seen["rows"][1], ["1", "close", "2026-01-05T10:00:00.500", "bob"])
        seen = self.look(TICKETS, "&sheet=Nowhere")
        self.assertEqual((seen["failure"]["code"], seen["sheets"]), ("missing_sheet", ["Notes", "Tickets"]))

    def test_nothing_is_stored(self):
        self.look(TICKETS)
        self.look("case,activity,time\n1,a,2026-01-05T09:00:00Z\n")
        self.assertEqual(self.expect(200, "GET", "/v1/uploads").body["uploads"], [])
        self.assertEqual(self.view("kpis")["events"], 0)

    def test_a_wrong_question_is_refused(self):
        self.refused("bad_query", 400, "POST", "/v1/uploads/preview?whole=perhaps", "x", content_type="text/csv")
        self.refused("unknown_zone", 422, "POST", "/v1/uploads/preview?zone=Mars/Base", "x", content_type="text/csv")
