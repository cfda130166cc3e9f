"""Recordings: names, finishing a file after the call, messages, greetings, rows.

MixMonitor writes one wav per side into the spool; `finish` makes one stereo file of them and locks
it with a key of `Keys`; `unlocked` gives its sound back.
"""

from recording.finish import Kept as Kept, finish as finish, finish_message as finish_message
from recording.greeting import decode as decode, normalise as normalise
from recording.keys import (
    Keys as Keys,
    KeyUnfit as KeyUnfit,
    keys_of as keys_of,
    ready_keys as ready_keys,
)
from recording.messages import MessageProjection as MessageProjection
from recording.names import call_file as call_file, message_file as message_file
from recording.project import RecordingProjection as RecordingProjection
from recording.seal import (
    Damaged as Damaged,
    Sealed as Sealed,
    is_sealed as is_sealed,
    unlocked as unlocked,
)
from recording.spool import (
    RecordingBroken as RecordingBroken,
    clear as clear,
    left_behind as left_behind,
    messages_left_behind as messages_left_behind,
)
from recording.storage import FolderStorage as FolderStorage
