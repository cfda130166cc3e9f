"""How values are written into Asterisk's files: sections, addresses, semicolons. Pure."""

import ipaddress


def section(name: str, *parents: str, **values: str) -> str:
    """Write a section of `key = value` lines; `parents` are the templates that it builds on."""
    head = f"[{name}]" + (f"({','.join(parents)})" if parents else "")
    return "\n".join((head, *(f"{key} = {value}" for key, value in values.items())))


def host_port(host: str, port: int) -> str:
    """Write a place as URIs and binds do; an IPv6 address stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_ip(text: str) -> bool:
    """Tell whether it is an address in numbers."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def escaped(value: str) -> str:
    r"""A semicolon begins a comment in Asterisk's files, unless it stands as \;.

    Any other backslash is itself there and must not be doubled.
    """
    return value.replace(";", "\\;")
