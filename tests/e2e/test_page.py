"""The dashboard's files as browsers fetch them."""

import gzip
import re

from running import WithNode


class Page(WithNode):
    def test_the_page_names_files_that_are_kept_for_ever(self):
        page = self.node.call("GET", "/")
        self.assertEqual(page.headers["cache-control"], "no-cache")
        paths = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.body.decode())
        self.assertGreaterEqual(len(paths), 4, page.body)
        for path in paths:
            found = self.node.call("GET", path)
            self.assertEqual(found.status, 200, path)
            self.assertIn("immutable", found.headers["cache-control"])
            self.assertEqual(found.headers["x-content-type-options"], "nosniff")

    def test_nothing_from_elsewhere_and_nothing_inline(self):
        page = self.node.call("GET", "/")
        policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
        self.assertEqual((policy["default-src"], policy["script-src"], policy["style-src"], policy["frame-ancestors"]),
                         ("'none'", "'self'", "'self'", "'none'"))
        self.assertNotRegex(page.body.decode(), r"<style|<script(?![^>]* src=)|style=|https?://|\son[a-z]+=")

    def test_what_did_not_change_is_not_sent_again(self):
        first = self.node.call("GET", "/")
        again = self.node.call("GET", "/", if_none_match=first.headers["etag"])
        self.assertEqual(again.status, 304)
        self.assertFalse(again.body)
        self.assertEqual(self.node.call("GET", "/", if_none_match='"other"').status, 200)

    def test_licences_go_along(self):
        found = self.node.call("GET", "/licences.txt")
        self.assertEqual((found.status, found.headers["cache-control"]), (200, "no-cache"))
        for name in (b"preact", b"dagre", b"SIL OPEN FONT LICENSE"):
            self.assertIn(name, found.body)

    def test_compressed_for_who_takes_it(self):
        connection = self.node.connect()
        self.addCleanup(connection.close)

        def fetch(accept):
            connection.request("GET", "/", headers={"accept-encoding": accept})
            response = connection.getresponse()
            return response.getheader("content-encoding"), response.getheader("vary"), response.read()

        plain = fetch("identity")
        packed = fetch("br, gzip;q=0.8")
        self.assertEqual((plain[0], packed[0], packed[1]), (None, "gzip", "Accept-Encoding"))
        self.assertEqual(gzip.decompress(packed[2]), plain[2])
        self.assertIsNone(fetch("gzip;q=0")[0])
        self.assertIsNone(fetch("gzip;q=0, br")[0])
