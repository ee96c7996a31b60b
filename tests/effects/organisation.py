"""An organisation of Salesforce that lies, by reference B7."""

import base64
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from receivers import Listener, read_request, respond


def keys(folder):
    """-> (file of a private key, file of its public key)"""
    private, public = Path(folder) / "key.pem", Path(folder) / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private],
                   check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


def hangs_up_late(connection, request, organisation):
    """It does what it is asked, and the answer does not come in time."""


class Organisation(Listener):
    """`lies`: what the next upserts do instead of, or after, what they should."""

    def __init__(self, public_key):
        self.public_key = public_key
        self.lies = []
        self.cases = {}  # by external id: fields
        self.created = 0
        self.tokens = []  # that count
        self.given = 0
        self.upserts = []
        self.lock = threading.Lock()
        super().__init__()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def serve(self, connection):
        request = read_request(connection)
        if request.path == "/services/oauth2/token":
            return self.give_token(connection, request)
        if request.headers["authorization"].removeprefix("Bearer ") not in self.tokens:
            return refuse(connection, 401, "INVALID_SESSION_ID")
        lie = self.lies.pop(0) if self.lies else None
        self.upserts.append(request)
        if lie and lie is not hangs_up_late:
            return lie(connection, request, self)
        created = self.upsert(request)
        if lie:
            return time.sleep(20)
        return respond(connection, 201 if created else 200, json.dumps({"id": "500", "success": True, "errors": [],
                                                                       "created": created}).encode())

    def upsert(self, request):
        path = urlsplit(request.path)
        prefix = "/services/data/v62.0/sobjects/Case/Escalation_Key__c/"
        assert path.path.startswith(prefix), path
        with self.lock:
            key = unquote(path.path.removeprefix(prefix))
            created = key not in self.cases
            self.created += created
            self.cases.setdefault(key, {}).update(json.loads(request.body))
        return created

    def give_token(self, connection, request):
        form = parse_qs(request.body.decode())
        header, claims, signature = form["assertion"][0].split(".")
        said = json.loads(decoded(claims))
        good = (form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
                and json.loads(decoded(header)) == {"alg": "RS256"} and self.is_signed(header + "." + claims, signature)
                and (said["iss"], said["sub"], said["aud"]) == ("client", "user@x", self.url)
                and 0 < said["exp"] - time.time() <= 300)
        if not good:
            return respond(connection, 400, b'{"error":"invalid_grant","error_description":"no"}')
        self.given += 1
        self.tokens.append(f"T{self.given}")
        return respond(connection, 200, json.dumps({"access_token": f"T{self.given}", "instance_url": self.url,
                                                    "token_type": "Bearer"}).encode())

    def is_signed(self, text, signature):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "signature"
            file.write_bytes(decoded(signature))
            return subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.public_key, "-signature", file],
                                  input=text.encode(), capture_output=True, check=False).returncode == 0


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def refuse(connection, status, code):
    respond(connection, status, json.dumps([{"message": "no", "errorCode": code, "fields": []}]).encode())
