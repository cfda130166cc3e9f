"""Mail by SMTP (RFC 5321) through the server of `[mail]`: TLS, one message, bounded time.

The server is named by who runs the machine, never by a page, so it may stand in the office.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from domain.errors import Unavailable
from domain.settings import Mail

TOTAL_S = 20.0


async def send_mail(server: Mail, to: Sequence[str], subject: str, text: str) -> None:
    """Send one message to several people; Unavailable when the server does not take it."""
    if not server.host:
        raise Unavailable("no mail server is set: [mail] in yingda.toml")
    message = written(server, to, subject, text)
    try:
        await asyncio.to_thread(_send, server, message)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(_said(error)[:200]) from error


def written(server: Mail, to: Sequence[str], subject: str, text: str) -> EmailMessage:
    """Write the message; ValueError for a line break where none may be."""
    message = EmailMessage()
    sender = server.sender or server.user
    message["From"], message["To"], message["Subject"] = sender, ", ".join(to), subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers
    message.set_content(text, charset="utf-8")
    return message


def _send(server: Mail, message: EmailMessage) -> None:
    secure = ssl.create_default_context()
    if server.tls == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TOTAL_S, context=secure
        )
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=TOTAL_S)
    with client:
        if server.tls == "starttls":
            client.starttls(context=secure)
        if server.user and server.secret:
            client.login(server.user, server.secret)
        client.send_message(message)


def _said(error: Exception) -> str:
    """Shorten what a mail server said; it may quote the address, never the password."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"SMTP {error.smtp_code}: {text}"
    return f"{type(error).__name__}: {error}"
