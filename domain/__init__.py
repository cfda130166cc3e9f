"""The words everyone shares, pure: ids, events, commands, ports, numbers, clock, errors.

Nothing here does I/O. Import the module you need (`from domain import events`).
"""
