"""The key of hashed questions: one for all processes on a state folder, made when it is first needed."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)

_LENGTH = 32


def hash_key(path: Path) -> bytes:
    """Return the key that a file holds, made where there is none. Without its file no hash can be made again.

    Where the file can't be written the key is this process's own, and a warning says so.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(handle, secrets.token_bytes(_LENGTH))
            finally:
                os.close(handle)
            try:
                os.link(fresh, path)  # fails where another process was first
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = path.read_bytes()
    except OSError as error:
        log.warning("%s can't be used: %s; hashes of this process are like no other's", path, error.strerror)
        return secrets.token_bytes(_LENGTH)
    if len(key) != _LENGTH:
        log.warning("%s is no key; hashes of this process are like no other's", path)
        return secrets.token_bytes(_LENGTH)
    return key
