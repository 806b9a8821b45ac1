"""A real SMTP server (aiosmtpd) that keeps every byte it hears and misbehaves on request.

    .venv/bin/python Tests/Journeys/smtp_server.py --capture DIR [--tls starttls|implicit --cert C --key K] …

Prints `PORT <n>` when it listens on 127.0.0.1. For every accepted mail it writes DIR/mail-<n>.json: mail_from,
rcpt_tos, content (base64, as received, dots undone), ehlo, tls, user, and, as Python's email package
understands it, headers (pairs, decoded), text (lines end in LF), defects. For every connection it writes
DIR/session-<n>.raw, all bytes from the client (decrypted), when the connection ends. DIR/peak holds the largest
number of connections that were open at once.

The recipient's local part asks for trouble:
    greylist…  451 to RCPT the first time that address is seen, then accepted
    nobody…    550 5.1.1 to RCPT            full…      452 4.2.2 after the data
    spam…      554 5.7.1 after the data     echo…      550 with the mail's own text in the answer
    tarpit…    no answer to RCPT            hangup…    the connection ends in the middle of the data
    slowquit…  accepted, but QUIT is never answered
"""

import argparse
import asyncio
import base64
import email
import email.policy
import json
import os
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


class Record:
    """What was heard, on disk, each file complete the moment it has its name."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.mails = self.sessions = self.open = self.peak = 0
        self.greylisted: set[str] = set()

    def _write(self, name: str, data: bytes):
        part = self.folder / f".{name}.part"
        part.write_bytes(data)
        part.rename(self.folder / name)

    def mail(self, **facts):
        self.mails += 1
        self._write(f"mail-{self.mails}.json", json.dumps(facts).encode())

    def opened(self) -> int:
        self.sessions += 1
        self.open += 1
        self.peak = max(self.peak, self.open)
        self._write("peak", str(self.peak).encode())
        return self.sessions

    def closed(self, number: int, heard: bytes):
        self.open -= 1
        self._write(f"session-{number}.raw", heard)


class Listening(SMTP):
    """aiosmtpd's protocol, with a copy of everything the client says."""

    def __init__(self, handler, record: Record, **options):
        super().__init__(handler, **options)
        self._record = record
        self._heard = bytearray()
        self._number = 0

    def connection_made(self, transport):
        if not self._number:  # STARTTLS makes the connection a second time
            self._number = self._record.opened()
        super().connection_made(transport)

    def data_received(self, data):
        self._heard += data
        envelope = self.envelope
        if envelope and any(a.startswith("hangup") for a in envelope.rcpt_tos) and b"Subject:" in data:
            self.transport.abort()
            return
        super().data_received(data)

    def eof_received(self):
        # A client that gave up is gone, even while a hook of ours still sleeps.
        self._ended()
        return super().eof_received()

    def connection_lost(self, error):
        super().connection_lost(error)
        self._ended()

    def _ended(self):
        if self._number > 0:
            self._record.closed(self._number, bytes(self._heard))
            self._number = -1


class Desk:
    """aiosmtpd's hooks: who is welcome."""

    def __init__(self, record: Record, credentials: str | None):
        self.record = record
        self.credentials = credentials
        self.slow: set[int] = set()

    def authenticate(self, server, session, envelope, mechanism, data):
        said = f"{data.login.decode()}:{data.password.decode()}"
        if said != self.credentials:
            return AuthResult(success=False, handled=False)
        session.user = data.login.decode()
        return AuthResult(success=True)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox here"
        if address.startswith("greylist") and address not in self.record.greylisted:
            self.record.greylisted.add(address)
            return "451 4.7.1 greylisted, come back later"
        if address.startswith("tarpit"):
            await asyncio.sleep(600)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        if to.startswith("spam"):
            return "554 5.7.1 not wanted"
        if to.startswith("full"):
            return "452 4.2.2 mailbox full"
        if to.startswith("echo"):
            text = " ".join(envelope.original_content.decode("ascii").split("\r\n\r\n", 1)[1].split())
            return f"550 {text[:300]}"
        if to.startswith("slowquit"):
            self.slow.add(id(session))
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        self.record.mail(
            headers=[[name, str(value)] for name, value in mail.items()],
            text=mail.get_content().replace("\r\n", "\n"),
            defects=[str(d) for d in mail.defects] + [str(d) for v in mail.values() for d in v.defects],
            mail_from=envelope.mail_from,
            rcpt_tos=envelope.rcpt_tos,
            content=base64.b64encode(envelope.original_content).decode(),
            ehlo=session.host_name,
            tls=server.transport.get_extra_info("ssl_object") is not None,
            user=getattr(session, "user", None),
        )
        return "250 2.0.0 kept"

    async def handle_QUIT(self, server, session, envelope):
        if id(session) in self.slow:
            await asyncio.sleep(600)
        return "221 2.0.0 bye"


async def serve(arguments):
    record = Record(Path(arguments.capture))
    context = None
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.cert, arguments.key)
    desk = Desk(record, arguments.credentials)

    def protocol():
        return Listening(
            desk,
            record,
            hostname="mx.example",
            loop=asyncio.get_running_loop(),
            tls_context=context if arguments.tls == "starttls" else None,
            require_starttls=arguments.require_starttls,
            authenticator=desk.authenticate if arguments.credentials else None,
            auth_require_tls=False,
            auth_required=arguments.credentials is not None,
        )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", arguments.port, ssl=context if arguments.tls == "implicit" else None
    )
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    # Whoever started us holds our standard input: when they are gone, so are we.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--capture", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--require-starttls", action="store_true")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--credentials", help="user:password")
    asyncio.run(serve(parser.parse_args()))
