"""What is named becomes files to read: folders walked, archives and compressed files unpacked within bounds."""

from datacraft.ingest.files.finding import FoundFile, find_files, require_unchanged
from datacraft.ingest.files.unpacking import UnpackLimits

__all__ = ["FoundFile", "UnpackLimits", "find_files", "require_unchanged"]
