"""Every secret that the run came across, so that the last test can look for them where they must not be."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, quote_plus

# The kinds that are secret. A client ID (gw_id_) is not, and a hint has an ellipsis in it.
# Neither is a made-up one of the same digit throughout: what is made up elsewhere reads the same.
TOKEN = re.compile(r"gw_(?!.._(?P<digit>[0-9A-Za-z])(?P=digit){35})(?:at|rt|ac|dt|cs|ss|ml|su|tk|cn|fs|fc|sk)_[0-9A-Za-z]{36}")


class Ledger:
    def __init__(self) -> None:
        self.secrets: set[str] = set()

    def add(self, secret: str) -> str:
        assert len(secret) >= 8, "too short to be searched for without false alarms"
        self.secrets.add(secret)
        return secret

    def collect(self, *texts: str | None) -> None:
        """Notes everything in these texts that looks like one of ours."""
        for text in texts:
            if text:
                self.secrets.update(found.group() for found in TOKEN.finditer(text))


def spellings(secret: str) -> dict[str, bytes]:
    """The ways in which a secret could lie around: name of the spelling → bytes to search for."""
    raw = secret.encode()
    found = {
        "raw": raw,
        "reversed": raw[::-1],
        "hex": raw.hex().encode(),
        "upper-case hex": raw.hex().upper().encode(),
        "url-encoded": quote(secret, safe="").encode(),
        "form-encoded": quote_plus(secret).encode(),
        "utf-16": secret.encode("utf-16-le"),
    }
    if secret.startswith("gw_"):
        found["digits without prefix"] = raw.split(b"_", 2)[2]
    # Base64 depends on where in a group of three bytes the secret begins; the edges mix with what stands beside it.
    for offset in range(3):
        inner = raw[(3 - offset) % 3 :]
        inner = inner[: len(inner) // 3 * 3]
        found[f"base64 at {offset}"] = base64.b64encode(inner)
        found[f"base64url at {offset}"] = base64.urlsafe_b64encode(inner)
    return found
