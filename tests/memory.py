"""Where tests keep what is written often."""

import os
import shutil


def folder_in_memory() -> str | None:
    """Give where a database is written without a disk, if there is the room for all of a run."""
    memory = "/dev/shm"
    has_room = os.path.isdir(memory) and shutil.disk_usage(memory).free > 2 * 1024**3
    return memory if has_room and os.access(memory, os.W_OK) else None
