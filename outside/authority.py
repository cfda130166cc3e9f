"""A certificate authority made here, in `var/tls`: the firm's own, trusted once on every desk.

The authority lives ten years and stays; the leaf that the web port shows is renewed by itself.
"""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA, CA_KEY, LEAF, LEAF_KEY = "ca.pem", "ca.key", "web.pem", "web.key"
CA_DAYS, LEAF_DAYS, RENEW_DAYS = 3650, 397, 30
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key


def local_ca(folder: Path, hosts: list[str], now: datetime) -> tuple[Path, Path]:
    """Make or renew what is needed; gives the leaf's certificate and key files.

    The authority stays the same for ten years, so that desks need it installed once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    authority = _kept(folder / CA, folder / CA_KEY)
    if authority is None or _runs_out(authority.certificate, now):
        authority = _authority(now)
        _keep(authority, folder / CA, folder / CA_KEY)
    leaf = _kept(folder / LEAF, folder / LEAF_KEY)
    if leaf is None or _runs_out(leaf.certificate, now) or not _good(leaf, authority, hosts):
        leaf = _leaf(authority, hosts, now)
        _keep(leaf, folder / LEAF, folder / LEAF_KEY)
    return folder / LEAF, folder / LEAF_KEY


def renew(folder: Path, hosts: list[str], now: datetime) -> tuple[Path, Path]:
    """Make a new leaf now, by the same authority."""
    (folder / LEAF).unlink(missing_ok=True)
    return local_ca(folder, hosts, now)


def _authority(now: datetime) -> Made:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Yingda local CA {socket.gethostname()}")
    built = (
        _begun(name, name, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    return Made(built.sign(key, hashes.SHA256()), key)


def _leaf(authority: Made, hosts: list[str], now: datetime) -> Made:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    built = (
        _begun(_name(hosts[0]), issuer, key.public_key(), now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(server, critical=False)
        .add_extension(signer, critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternatives(hosts)), critical=False)
    )
    return Made(built.sign(authority.key, hashes.SHA256()), key)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _alternatives(hosts: list[str]) -> list[x509.GeneralName]:
    return [_alternative(host) for host in hosts]


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _good(leaf: Made, authority: Made, hosts: list[str]) -> bool:
    held = leaf.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    try:
        leaf.certificate.verify_directly_issued_by(authority.certificate)
    except Exception:  # several kinds; all mean that it must be made anew
        return False
    return set(_alternatives(hosts)) <= set(held)


def _runs_out(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_after_utc - now < timedelta(days=RENEW_DAYS)


def _kept(certificate: Path, key: Path) -> Made | None:
    try:
        held = serialization.load_pem_private_key(key.read_bytes(), None)
        made = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return None
    return Made(made, held) if isinstance(held, ec.EllipticCurvePrivateKey) else None


def _keep(made: Made, certificate: Path, key: Path) -> None:
    secret = made.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    handle = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(secret)
    certificate.write_bytes(made.certificate.public_bytes(serialization.Encoding.PEM))
