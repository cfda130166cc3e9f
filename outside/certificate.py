"""What a certificate file says: for whom, until when, its fingerprint; and what is wrong."""

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from domain.errors import Fault, Refused

SOON = timedelta(days=21)
"""A certificate that ends within this time should be seen to."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate; `fingerprint` is SHA-256 in pairs, as browsers and phones show it."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    fingerprint: str

    def days_left(self, now: datetime) -> int:
        """Count whole days until it ends, negative when it has ended."""
        return (self.ends - now).days

    def lacks(self, hosts: list[str]) -> list[str]:
        """List the hosts that it is not good for."""
        return [host for host in hosts if not any(_is_for(name, host) for name in self.names)]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a certificate; `fatal` when nothing can be served with it."""

    fatal: bool
    zh: str
    en: str


def read(path: Path) -> Certificate:
    """Read the first certificate of a PEM file; Refused when there is none."""
    try:
        held = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refused(Fault(str(path), 0, "", f"is no certificate: {error}")) from error
    return Certificate(
        subject=held.subject.rfc4514_string(),
        issuer=held.issuer.rfc4514_string(),
        names=_names(held),
        begins=held.not_valid_before_utc,
        ends=held.not_valid_after_utc,
        fingerprint=held.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def complaint(chain: Path, key: Path, now: datetime) -> Complaint | None:
    """Say what is wrong with a certificate and its key, the worst first; None when all is well."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key)
        held = read(chain)
    except (OSError, ssl.SSLError, Refused) as error:
        zh, en = _reason(error)
        return Complaint(
            True, f"证书 {chain} 不能用：{zh}", f"the certificate {chain} cannot be used: {en}"
        )
    if held.begins > now:
        return Complaint(
            False,
            f"证书 {chain} 在 {held.begins:%Y-%m-%d} 之前无效",
            f"the certificate {chain} is not valid before {held.begins:%Y-%m-%d}",
        )
    return _old(chain, held, now)


def _old(chain: Path, held: Certificate, now: datetime) -> Complaint | None:
    day = f"{held.ends:%Y-%m-%d}"
    if held.ends <= now:
        return Complaint(
            False,
            f"证书 {chain} 已于 {day} 过期：浏览器会警告，浏览器电话可能不能用",
            f"the certificate {chain} expired on {day}: browsers warn and may refuse the phone",
        )
    if held.ends - now < SOON:
        left = held.days_left(now)
        return Complaint(
            False,
            f"证书 {chain} 还有 {left} 天过期（{day}）",
            f"the certificate {chain} expires in {left} days ({day})",
        )
    return None


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return "私钥属于另一张证书", "the key belongs to another certificate"
        return "不是 PEM 格式的证书和私钥", "certificate or key cannot be read as PEM"
    if isinstance(error, FileNotFoundError):
        return "证书或私钥文件不存在", "certificate or key is not there"
    if isinstance(error, PermissionError):
        return "没有读取证书或私钥的权限", "we may not read certificate or key"
    return str(error), str(error)


def _names(held: x509.Certificate) -> tuple[str, ...]:
    try:
        found = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = found.get_values_for_type(x509.DNSName)
    return (*hosts, *(str(address) for address in found.get_values_for_type(x509.IPAddress)))


def _is_for(name: str, host: str) -> bool:
    """A star stands for exactly one label, RFC 6125 §6.4.3."""
    name, host = name.lower(), host.lower()
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])
