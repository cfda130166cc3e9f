"""What a carrier's line is, pure: called numbers, who may be called and how, causes in words."""

from lines.causes import WORDS as WORDS
from lines.causes import fails_over as fails_over
from lines.causes import word_of as word_of
from lines.counts import DialCounts as DialCounts
from lines.permission import Allowed as Allowed
from lines.permission import Ask as Ask
from lines.permission import Refused as Refused
from lines.permission import Rules as Rules
from lines.permission import may_call as may_call
from lines.permission import may_ring_seat as may_ring_seat
