"""People: users, sessions, tokens made in the page (reliability, bad inputs 31, 48, 49, 87 to 97)."""

import datetime
import time

from running import WAIT_S_MAX, Node, WithNode, event

PASSWORD = "correct horse battery"
MAP = "/v1/processes/default/map"


class SignedIn:
    """A browser: keeps the cookie, sends the CSRF token."""

    def __init__(self, test, answer):
        self.test, self.session = test, answer.body
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    def call(self, method, path, body=None, **headers):
        given = {"cookie": self.cookie, **headers}
        if method != "GET":
            given.setdefault("x_csrf_token", self.session["csrf_token"])
        return self.test.node.call(method, path, body, **given)

    def expect(self, status, method, path, body=None, **headers):
        answer = self.call(method, path, body, **headers)
        self.test.assertEqual(answer.status, status, answer)
        return answer

    def refused(self, code, status, method, path, body=None, **headers):
        answer = self.expect(status, method, path, body, **headers)
        self.test.assertEqual(answer.body["code"], code, answer)
        return answer


class WithPeople(WithNode):
    def setUp(self):
        super().setUp()
        self.user = self.workspace[-50:].strip("_") + ".ann"
        self.add(self.user, "admin")

    def add(self, user, role="viewer", password=PASSWORD, token=None):
        body = {"user": user, "role": role, **({"password": password} if password else {})}
        return self.expect(201, "POST", "/v1/users", body, token).body

    def try_in(self, user=None, password=PASSWORD, **more):
        return self.node.call("POST", "/v1/session", {"user": user or self.user, "password": password, **more})

    def sign_in(self, user=None, password=PASSWORD, **more):
        answer = self.try_in(user, password, **more)
        self.assertEqual(answer.status, 201, answer)
        return SignedIn(self, answer)

    def weir_user(self, *arguments, **environment):
        action, *rest = arguments
        return self.command("user", action, *rest, "--data", str(self.node.folder / "data"))

    def audit(self):
        return [(entry["action"], entry["actor"], entry["object"], entry["outcome"])
                for entry in self.expect(200, "GET", "/v1/audit").body["entries"]]


class Sessions(WithPeople):
    def test_cookie_and_answer(self):
        answer = self.try_in(self.user.upper())
        self.assertEqual(answer.status, 201, answer)
        name, *attributes = answer.headers["set-cookie"].split("; ")
        self.assertTrue(name.startswith("weir="))
        self.assertEqual(set(attributes), {"Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"})
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual((answer.body["user"], answer.body["workspace"], answer.body["role"]),
                         (self.user, self.workspace, "admin"))
        self.assertEqual(answer.body["workspaces"], [{"workspace": self.workspace, "role": "admin"}])
        self.assertEqual(SignedIn(self, answer).expect(200, "GET", "/v1/session").body, answer.body)

    def test_goes_wherever_a_token_goes(self):
        ann = self.sign_in()
        posted = ann.expect(202, "POST", "/v1/events", [event("1", "a", 0)])
        found = ann.expect(200, "GET", f"{MAP}?after={posted.body['position']}").body
        self.assertEqual([activity["name"] for activity in found["activities"]], ["a"])
        rows = "case_id,activity,timestamp\n2,b,2026-01-01T00:00:00Z\n"
        upload = ann.expect(202, "POST", "/v1/uploads", rows).body["upload"]
        self.wait_for_upload(upload)

    def test_wrong_passwords_and_unknown_users_look_the_same(self):
        wrong, nobody = self.try_in(password="wrong password"), self.try_in("nobody-at-all")
        self.assertEqual({**wrong.body, "trace_id": ""}, {**nobody.body, "trace_id": ""})
        self.assertEqual((wrong.status, wrong.body["code"]), (401, "wrong_password"))
        self.assertNotIn("set-cookie", wrong.headers)

    def test_unknown_users_take_as_long(self):
        def least_s(user):
            return min(self._seconds_of(user) for _ in range(4))
        known, unknown = least_s(self.user), least_s("nobody-either")
        self.assertGreater(unknown, 0.4 * known)
        self.assertGreater(known, 0.4 * unknown)

    def _seconds_of(self, user):
        began = time.monotonic()
        self.assertEqual(self.try_in(user, "wrong password").status, 401)
        return time.monotonic() - began

    def test_bad_bodies(self):
        for body, faults in (({}, 2), ({"user": 1, "password": None}, 2), ({"user": "a", "password": "b", "x": 1}, 1),
                             ({"link": "a", "user": "b"}, 1), ([], 1)):
            answer = self.node.call("POST", "/v1/session", body)
            self.assertEqual((answer.status, answer.body["code"]), (422, "invalid_document"), answer)
            self.assertEqual(len(answer.body["faults"]), faults, answer)
        form = self.node.call("POST", "/v1/session", "user=a&password=b",
                              content_type="application/x-www-form-urlencoded")
        self.assertEqual(form.status, 415)

    def test_a_call_without_the_csrf_token_is_refused(self):
        ann = self.sign_in()
        for token in ("", "x", self.sign_in().session["csrf_token"]):
            ann.refused("csrf_refused", 403, "POST", "/v1/events", [event("1", "a", 0)], x_csrf_token=token)
            ann.refused("csrf_refused", 403, "DELETE", "/v1/session", x_csrf_token=token)
        ann.expect(200, "GET", MAP)

    def test_another_origin_is_refused_whatever_the_method(self):
        ann = self.sign_in()
        own = self.url()
        ann.expect(200, "GET", MAP, origin=own)
        ann.expect(202, "POST", "/v1/events", [event("1", "a", 0)], origin=own)
        for origin in ("http://evil.example", "null", own + "0"):
            ann.refused("csrf_refused", 403, "GET", MAP, origin=origin)
            ann.refused("csrf_refused", 403, "POST", "/v1/events", [event("1", "a", 0)], origin=origin)
        self.expect(200, "GET", MAP, origin="http://evil.example")  # a token is sent by nobody unasked

    def test_a_cookie_of_nobody(self):
        for value in ("weir=x", "weir=" + "A" * 43, "weir="):
            answer = self.node.call("GET", MAP, cookie=value)
            self.assertEqual((answer.status, answer.body["code"]), (401, "session_over"), answer)
        ann = self.sign_in()
        ann.refused("bad_request", 400, "GET", MAP, cookie=f"{ann.cookie}; {ann.cookie}")
        self.assertEqual(self.node.call("GET", MAP, cookie="__Host-" + ann.cookie).body["code"], "missing_token")

    def test_authorization_goes_before_the_cookie(self):
        ann = self.sign_in()
        ann.refused("invalid_token", 401, "GET", MAP, authorization="Bearer weir_x")
        ann.refused("forbidden", 403, "GET", "/v1/session", authorization=f"Bearer {self.token}")

    def test_sign_out(self):
        ann, other = self.sign_in(), self.sign_in()
        answer = ann.expect(204, "DELETE", "/v1/session")
        self.assertIn("Max-Age=0", answer.headers["set-cookie"])
        ann.refused("session_over", 401, "GET", "/v1/session")
        other.expect(200, "GET", "/v1/session")

    def test_the_oldest_of_many_is_over(self):
        first, *others = [self.sign_in() for _ in range(11)]
        first.refused("session_over", 401, "GET", "/v1/session")
        for other in others:
            other.expect(200, "GET", "/v1/session")

    def test_change_of_ones_own_password(self):
        ann, other = self.sign_in(), self.sign_in()
        path, new = "/v1/session/password", "another long password"
        ann.refused("wrong_password", 401, "POST", path, {"current": "not it at all", "new": new})
        answer = ann.refused("invalid_document", 422, "POST", path, {"current": PASSWORD, "new": "short"})
        self.assertEqual(answer.body["faults"][0]["pointer"], "/new")
        changed = SignedIn(self, ann.expect(200, "POST", path, {"current": PASSWORD, "new": new}))
        changed.expect(200, "GET", "/v1/session")
        for old in (ann, other):
            old.refused("session_over", 401, "GET", "/v1/session")
        self.assertEqual(self.try_in().status, 401)
        self.sign_in(password=new)
        self.assertIn(("password.change", f"user:{self.user}", "", "done"), self.audit())

    def test_secrets_are_nowhere_on_the_disk_nor_in_the_log(self):
        ann = self.sign_in()
        secret = ann.cookie.partition("=")[2]
        made = ann.expect(201, "POST", "/v1/tokens", {"name": "till", "role": "producer"},
                          idempotency_key="once").body["token"]
        for canary in (PASSWORD, secret, made, ann.session["csrf_token"]):
            self.assertEqual(self.node.bytes_at_rest(canary.encode()), [])
            self.assertNotIn(canary, self.node.last_words())


class Workspaces(WithPeople):
    def test_switch(self):
        there = self.workspace[:60] + "-b"
        self.add(self.user, "viewer", None, self.node.token(there))
        ann = self.sign_in()
        self.assertEqual([(one["workspace"], one["role"]) for one in ann.session["workspaces"]],
                         sorted([(self.workspace, "admin"), (there, "viewer")]))
        self.assertEqual(self.sign_in(workspace=there).session["workspace"], there)
        here = self.sign_in(workspace=self.workspace)
        here.expect(200, "GET", "/v1/audit")
        switched = here.expect(200, "PUT", "/v1/session", {"workspace": there}).body
        self.assertEqual((switched["workspace"], switched["role"]), (there, "viewer"))
        here.refused("forbidden", 403, "GET", "/v1/audit")
        here.refused("forbidden", 403, "PUT", "/v1/session", {"workspace": "nowhere"})
        self.assertEqual(self.try_in(workspace="nowhere").body["code"], "forbidden")

    def test_an_admin_of_one_workspace_cannot_become_somebody_of_another(self):
        there = self.node.token(self.workspace[:60] + "-b")
        victim = self.user + "2"
        self.add(victim, "admin", PASSWORD, there)
        self.add(victim, "viewer", None)
        self.assertTrue(self.expect(200, "GET", "/v1/users").body["users"][1]["elsewhere"])
        for caller in (self, self.sign_in()):
            caller.refused("forbidden", 403, "PUT", f"/v1/users/{victim}", {"password": "mine from now on"})
        self.expect(204, "DELETE", f"/v1/users/{victim}")
        self.refused("not_found", 404, "PUT", f"/v1/users/{victim}", {"password": "mine from now on"})
        self.sign_in(victim)

    def test_users_of_other_workspaces_are_not_seen(self):
        there = self.node.token(self.workspace[:60] + "-b")
        self.assertEqual(self.expect(200, "GET", "/v1/users", None, there).body["users"], [])
        for method, body in (("PUT", {"role": "viewer"}), ("DELETE", None)):
            self.refused("not_found", 404, method, f"/v1/users/{self.user}", body, there)


class Users(WithPeople):
    def test_added_listed_changed_removed(self):
        bob = self.user + ".bob"
        made = self.add(bob, "viewer")
        self.assertEqual((made["user"], made["role"], made["elsewhere"]), (bob, "viewer", False))
        first = self.expect(200, "GET", "/v1/users?limit=1").body
        second = self.expect(200, "GET", f"/v1/users?limit=1&cursor={first['next']}").body
        self.assertEqual([user["user"] for user in first["users"] + second["users"]], [self.user, bob])
        self.assertIsNone(second["next"])
        session = self.sign_in(bob)
        session.refused("forbidden", 403, "GET", "/v1/users")
        self.expect(200, "PUT", f"/v1/users/{bob}", {"role": "admin"})
        session.expect(200, "GET", "/v1/users")
        self.expect(200, "PUT", f"/v1/users/{bob}", {"password": "set by an admin"})
        session.refused("session_over", 401, "GET", "/v1/users")
        session = self.sign_in(bob, "set by an admin")
        self.expect(204, "DELETE", f"/v1/users/{bob}")
        session.refused("session_over", 401, "GET", "/v1/users")
        self.assertEqual(self.try_in(bob, "set by an admin").status, 401)
        self.refused("not_found", 404, "DELETE", f"/v1/users/{bob}")

    def test_refusals(self):
        add = ("POST", "/v1/users")
        self.refused("name_taken", 409, *add, {"user": self.user, "role": "viewer", "password": PASSWORD})
        self.refused("name_taken", 409, *add, {"user": self.user, "role": "viewer"})
        self.refused("not_found", 404, *add, {"user": "not-there", "role": "viewer"})
        answer = self.refused("invalid_document", 422, *add, {"user": "Not Plain", "role": "root", "password": "x", "y": 1})
        self.assertEqual({fault["pointer"] for fault in answer.body["faults"]}, {"/user", "/role", "/password", ""})
        self.refused("invalid_document", 422, "PUT", f"/v1/users/{self.user}", {})
        self.refused("invalid_document", 422, "PUT", f"/v1/users/{self.user}", {"role": None})

    def test_the_last_admin_stays(self):
        path = f"/v1/users/{self.user}"
        self.refused("last_admin", 409, "DELETE", path)
        self.refused("last_admin", 409, "PUT", path, {"role": "viewer"})
        self.add(self.user + "2", "admin")
        self.expect(200, "PUT", path, {"role": "viewer"})

    def test_audit(self):
        ann = self.sign_in()
        bob = self.user + ".bob"
        ann.expect(201, "POST", "/v1/users", {"user": bob, "role": "viewer", "password": PASSWORD})
        ann.expect(204, "DELETE", f"/v1/users/{bob}")
        self.sign_in(workspace=self.workspace).expect(204, "DELETE", "/v1/session")
        actor = f"user:{self.user}"
        found = [(action, who, outcome) for action, who, _, outcome in self.audit()]
        self.assertEqual(found[:5], [("session.end", actor, "done"), ("session.begin", actor, "done"),
                                     ("user.remove", actor, "done"), ("user.add", actor, "done"),
                                     ("session.begin", actor, "done")])
        self.assertEqual([entry[2] for entry in self.audit()][2:4], [bob, bob])


class Tokens(WithPeople):
    def test_made_used_listed_revoked(self):
        ann = self.sign_in()
        made = ann.expect(201, "POST", "/v1/tokens", {"name": "Till 3", "role": "producer"}).body
        self.assertEqual((made["name"], made["role"], made["made_by"], made["expires"], made["last_used"]),
                         ("Till 3", "producer", f"user:{self.user}", None, None))
        self.expect(202, "POST", "/v1/events", [event("1", "a", 0)], made["token"])
        self.refused("forbidden", 403, "GET", MAP, None, made["token"])
        listed = {token["id"]: token for token in ann.expect(200, "GET", "/v1/tokens").body["tokens"]}
        self.assertIsNotNone(listed[made["id"]]["last_used"])
        self.assertNotIn("token", listed[made["id"]])
        ann.expect(204, "DELETE", f"/v1/tokens/{made['id']}")
        answer = self.refused("invalid_token", 401, "POST", "/v1/events", [event("1", "a", 0)], made["token"])
        never = self.refused("invalid_token", 401, "GET", MAP, None, "weir_x")
        self.assertEqual(answer.body["detail"], never.body["detail"])
        self.assertNotIn(made["id"], [token["id"] for token in ann.expect(200, "GET", "/v1/tokens").body["tokens"]])
        self.assertEqual([entry[:2] + entry[3:] for entry in self.audit()][:2],
                         [("token.revoke", f"user:{self.user}", "done"), ("token.make", f"user:{self.user}", "done")])
        self.assertEqual({entry[2] for entry in self.audit()[:2]}, {made["id"]})

    def test_of_the_command_line_are_listed_and_revoked(self):
        token = self.as_role("viewer")
        self.expect(200, "GET", MAP, None, token)
        rows = self.expect(200, "GET", "/v1/tokens").body["tokens"]
        self.assertEqual([(row["name"], row["made_by"]) for row in rows], [(None, "command line")] * 2)
        seen = next(row for row in rows if row["role"] == "viewer")
        self.expect(204, "DELETE", f"/v1/tokens/{seen['id']}")
        self.refused("invalid_token", 401, "GET", MAP, None, token)
        self.expect(200, "GET", MAP)

    def test_pages(self):
        for number in range(3):
            self.expect(201, "POST", "/v1/tokens", {"name": f"t{number}", "role": "viewer"})
        path, names = "/v1/tokens?limit=2", []
        while path:
            page = self.expect(200, "GET", path).body
            names += [token["name"] for token in page["tokens"]]
            path = page["next"] and f"/v1/tokens?limit=2&cursor={page['next']}"
        self.assertEqual(names, ["t2", "t1", "t0", None])

    def test_expiry(self):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        body = {"name": "t", "role": "viewer", "expires": soon.isoformat(timespec="seconds")}
        made = self.expect(201, "POST", "/v1/tokens", body).body
        self.assertEqual(datetime.datetime.fromisoformat(made["expires"].replace("Z", "+00:00")), soon.replace(microsecond=0))
        for wrong in ("2020-01-01T00:00:00Z", "tomorrow", "", 5):
            self.refused("invalid_document", 422, "POST", "/v1/tokens", {**body, "expires": wrong})
        for name in ("", "x" * 129, "a\nb", None):
            self.refused("invalid_document", 422, "POST", "/v1/tokens", {**body, "name": name})

    def test_ids_that_are_none(self):
        for name in ("x", "0123456789ABCDEF", "..%2F..%2Fetc"):
            self.refused("not_found", 404, "DELETE", f"/v1/tokens/{name}")
        self.expect(204, "DELETE", "/v1/tokens/0123456789abcdef")

    def test_another_workspace_cannot_revoke(self):
        made = self.expect(201, "POST", "/v1/tokens", {"name": "t", "role": "viewer"}).body
        self.expect(204, "DELETE", f"/v1/tokens/{made['id']}", None, self.node.token(self.workspace[:60] + "-b"))
        self.expect(200, "GET", MAP, None, made["token"])


class CommandLine(WithPeople):
    def wait_until(self, holds):
        deadline = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < deadline:
            if holds():
                return
            time.sleep(0.1)
        self.fail("the server did not take over what `weir user` wrote")

    def test_beside_the_server(self):
        bob = self.user + ".bob"
        added = self.weir_user("add", bob, "--workspace", self.workspace, "--role", "analyst")
        self.assertEqual(added.returncode, 0, added.stderr)
        password = added.stdout.strip()
        session = self.sign_in(bob, password)
        self.assertIn(f"{bob}\t{self.workspace}\tanalyst", self.weir_user("list").stdout.splitlines())
        again = self.weir_user("password", bob).stdout.strip()
        self.wait_until(lambda: session.call("GET", MAP).status == 401)
        session = self.sign_in(bob, again)
        self.weir_user("remove", bob, "--workspace", self.workspace)
        self.wait_until(lambda: session.call("GET", MAP).status == 401)
        self.wait_until(lambda: ("user.remove", "command line", bob, "done") in self.audit())
        self.assertEqual([action for action, who, _, _ in self.audit() if who == "command line"],
                         ["user.remove", "user.put", "user.add"])

    def test_a_link_is_good_once(self):
        link = self.weir_user("link", self.user).stdout.strip()
        self.assertTrue(link.startswith("/#sign-in="))
        body = {"link": link.partition("=")[2]}
        SignedIn(self, self.node.call("POST", "/v1/session", body)).expect(200, "GET", "/v1/session")
        self.assertEqual(self.node.call("POST", "/v1/session", body).body["code"], "wrong_password")

    def test_wrong_usage(self):
        for arguments in (["add", "x"], ["password"], ["list", "x"], ["dance", "x"], []):
            self.assertEqual(self.command("user", *arguments).returncode, 2, arguments)
        for arguments in (["add", "Not Plain", "--workspace", "w", "--role", "viewer"], ["remove", "nobody-here"],
                          ["password", "nobody-here"], ["password", self.user, "--password", "short"]):
            self.assertEqual(self.weir_user(*arguments).returncode, 1, arguments)


class Guessing(WithPeople):
    def test_a_user_is_held_up_after_ten_wrong_passwords(self):
        answers = [self.try_in(password=f"wrong password {n}") for n in range(12)]
        self.assertEqual([answer.status for answer in answers], [401] * 10 + [429] * 2)
        self.assertEqual(answers[-1].body["code"], "too_many_attempts")
        self.assertIn(int(answers[-1].headers["retry-after"]), range(1, 11))
        self.assertEqual(self.try_in().status, 429)  # or the limit would limit nothing
        self.add(self.user + "2", "viewer")
        self.sign_in(self.user + "2")


class Restart(WithPeople):
    def test_sessions_users_and_revocations_outlive_the_server(self):
        ann = self.sign_in()
        made, kept = (self.expect(201, "POST", "/v1/tokens", {"name": name, "role": "viewer"}).body for name in "ab")
        self.expect(204, "DELETE", f"/v1/tokens/{made['id']}")
        for end in (self.node.stop, self.node.kill):
            end()
            self.node.start()
            self.assertEqual(ann.expect(200, "GET", "/v1/session").body, ann.session)
            self.refused("invalid_token", 401, "GET", MAP, None, made["token"])
            self.expect(200, "GET", MAP, None, kept["token"])
            self.sign_in()


class Short(WithPeople):
    settings = {"session_idle": 2, "session_lifetime": 4}

    def test_a_session_ends_when_idle_and_when_old(self):
        idle, used = self.sign_in(), self.sign_in()
        began = time.monotonic()
        while time.monotonic() < began + 3:
            used.expect(200, "GET", "/v1/session")
            time.sleep(0.2)
        idle.refused("session_over", 401, "GET", "/v1/session")
        time.sleep(max(0, began + 4.2 - time.monotonic()))
        used.refused("session_over", 401, "GET", "/v1/session")
