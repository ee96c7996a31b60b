#!/usr/bin/env python3
"""Makes tickets.xlsx, the workbook of the browser's tests: a sheet of notes, a hidden one, and a log whose times are dates
by their format. Run: .venv/bin/python tests/data/make_tickets_xlsx.py"""
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

ROWS = [(1, "open", datetime(2026, 1, 5, 9, 0), "ann"), (1, "close", datetime(2026, 1, 5, 10, 0, 0, 500_000), "bob"),
        (2, "open", datetime(2026, 1, 13, 9, 0), "ann")]

book = Workbook()
book.active.title = "Notes"
book.active.append(["what", "who"])
book.active.append(["tickets of January", "ann"])
book.create_sheet("Old").sheet_state = "hidden"
log = book.create_sheet("Tickets")
log.append(["Ticket", "Step", "When", "Agent"])
for row in ROWS:
    log.append(row)
book.save(Path(__file__).with_name("tickets.xlsx"))
