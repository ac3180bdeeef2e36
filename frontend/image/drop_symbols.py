"""Cut from shared libraries what no loader reads: symbol tables and debugging notes behind the last segment.

What `strip` would do, without binutils, which the base does not have. The loader goes by the program headers alone
(gabi: "Section headers are optional at run time"), so the file may end with the last segment.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

_ELF64_LITTLE = b"\x7fELF\x02\x01"
_SECTIONS_AT, _SECTION_COUNT_AT = 40, 60  # e_shoff; e_shnum and e_shstrndx
_SEGMENTS_AT, _SEGMENT_SIZE_AT = 32, 54  # e_phoff; e_phentsize and e_phnum


def drop_symbols(library: bytes) -> bytes:
    """Return the library up to the end of its last segment; anything that is no 64-bit ELF file as it is."""
    if not library.startswith(_ELF64_LITTLE):
        return library
    (segments,) = struct.unpack_from("<Q", library, _SEGMENTS_AT)
    size, count = struct.unpack_from("<HH", library, _SEGMENT_SIZE_AT)
    end = segments + size * count
    for segment in range(segments, end, size):
        offset, length = struct.unpack_from("<Q16xQ", library, segment + 8)
        end = max(end, offset + length)
    kept = bytearray(library[:end])
    struct.pack_into("<Q", kept, _SECTIONS_AT, 0)
    struct.pack_into("<HH", kept, _SECTION_COUNT_AT, 0, 0)
    return bytes(kept)


def main() -> None:
    """Cut every shared library below the folder that is named."""
    for path in sorted(Path(sys.argv[1]).rglob("*.so*")):
        if path.is_file() and not path.is_symlink():
            path.write_bytes(drop_symbols(path.read_bytes()))


if __name__ == "__main__":
    main()
