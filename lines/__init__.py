"""What a carrier's line is, pure: called numbers, who may be called and how, causes in words."""

from lines.called import (
    TELLING as TELLING,
    Match as Match,
    Owned as Owned,
    called as called,
    caller as caller,
    match as match,
    on_trunk as on_trunk,
)
from lines.causes import WORDS as WORDS, fails_over as fails_over, word_of as word_of
from lines.counts import DialCounts as DialCounts
from lines.permission import (
    Allowed as Allowed,
    Ask as Ask,
    Refused as Refused,
    Rules as Rules,
    is_quiet as is_quiet,
    may_call as may_call,
    may_ring_seat as may_ring_seat,
)
