"""Desk phones, pure: the files that set up a Yealink or a Fanvil, and what each can do."""

from phones.features import (
    Features as Features,
    auto_answer_headers as auto_answer_headers,
    features_of as features_of,
)
from phones.files import (
    VENDORS as VENDORS,
    File as File,
    file_for as file_for,
    mac_in as mac_in,
    mac_of as mac_of,
)
from phones.line import Line as Line
