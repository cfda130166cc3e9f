"""Where things happen in order: the loop, what it shows (board, cards), the engine around it.

Front door: `run_engine` (the engine process) and `supervise` (the parent of all parts).
"""
