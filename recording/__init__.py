"""Recordings: names, finishing a file after the call, messages, greetings, rows.

MixMonitor writes one wav per side into the spool; `finish` makes one stereo file of them.
"""

from recording.finish import Kept as Kept, finish as finish, finish_message as finish_message
from recording.greeting import decode as decode, normalise as normalise
from recording.messages import MessageProjection as MessageProjection
from recording.names import call_file as call_file, message_file as message_file
from recording.project import RecordingProjection as RecordingProjection
from recording.spool import (
    RecordingBroken as RecordingBroken,
    clear as clear,
    left_behind as left_behind,
)
from recording.storage import FolderStorage as FolderStorage
