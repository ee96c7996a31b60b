"""Deliveries as providers sign them, by the standard library and openssl alone."""

import base64
import hashlib
import hmac
import json
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlencode

SECRET = "0123456789:abcdef-of-a-hook"
OTHER = "fedcba9876:543210-of-a-hook"
WHSEC = "whsec_" + base64.b64encode(SECRET.encode()).decode()
TOKEN = base64.b64encode(SECRET.encode()).decode()


def mac(key, data, algorithm="sha256"):
    return hmac.new(key.encode() if isinstance(key, str) else key, data, algorithm)


def b64(data):
    return base64.b64encode(data).decode()


def at(now):
    return str(int(time.time() if now is None else now))


def standard(body, secret=WHSEC, now=None, id="msg_1"):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = mac(key, f"{id}.{at(now)}.".encode() + body).digest()
    return {"webhook-id": id, "webhook-timestamp": at(now), "webhook-signature": "v1," + b64(signed)}


def slack(body, secret=SECRET, now=None):
    return {"x-slack-request-timestamp": at(now),
            "x-slack-signature": "v0=" + mac(secret, f"v0:{at(now)}:".encode() + body).hexdigest()}


def github(body, secret=SECRET, now=None, id="d-1", event="issues"):
    return {"x-github-event": event, "x-github-delivery": id,
            "x-hub-signature-256": "sha256=" + mac(secret, body).hexdigest()}


def stripe(body, secret=SECRET, now=None):
    return {"stripe-signature": f"t={at(now)},v1={mac(secret, f'{at(now)}.'.encode() + body).hexdigest()}"}


def zendesk(body, secret=SECRET, now=None):
    stamp = datetime.fromtimestamp(int(at(now)), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"x-zendesk-webhook-signature-timestamp": stamp,
            "x-zendesk-webhook-signature": b64(mac(secret, stamp.encode() + body).digest())}


def whatsapp(body, secret=SECRET, now=None):
    return {"x-hub-signature-256": "sha256=" + mac(secret, body).hexdigest()}


def twilio(fields, url, secret=SECRET):
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return urlencode(fields).encode(), {"content-type": "application/x-www-form-urlencoded",
                                        "x-twilio-signature": b64(mac(secret, signed.encode(), "sha1").digest())}


def teams(body, secret=TOKEN, now=None):
    return {"authorization": "HMAC " + b64(mac(base64.b64decode(secret), body).digest())}


def mailgun(event, secret=SECRET, now=None, token="t-1"):
    """-> the body: the signature is in it."""
    signature = mac(secret, (at(now) + token).encode()).hexdigest()
    return json.dumps({"signature": {"timestamp": at(now), "token": token, "signature": signature},
                       "event-data": event}).encode()


def intercom(body, secret=SECRET, now=None):
    return {"x-hub-signature": "sha1=" + mac(secret, body, "sha1").hexdigest()}


def basic(body, secret=SECRET, now=None):
    return {"authorization": "Basic " + b64(secret.encode())}


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class RsaKey:
    """Made and used by openssl."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "key.pem"
        self._openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path)

    @staticmethod
    def _openssl(*arguments, given=None):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True, input=given).stdout

    def jwk(self, kid):
        modulus = self._openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().partition("=")[2]
        return {"kty": "RSA", "kid": kid, "n": url64(bytes.fromhex(modulus)), "e": "AQAB", "endorsements": ["msteams"]}

    def token(self, kid, **claims):
        head = {"alg": "RS256", "kid": kid}
        signed = ".".join(url64(json.dumps(part).encode()) for part in (head, claims))
        return signed + "." + url64(self._openssl("dgst", "-sha256", "-sign", self.path, given=signed.encode()))
