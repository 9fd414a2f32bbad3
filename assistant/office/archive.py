"""The zip around an Office file, always the same for the same parts."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def repacked(data: bytes, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """The file with other content for some parts, and without the time at which it was packed."""
    packed = BytesIO()
    with ZipFile(BytesIO(data)) as given, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for part in given.infolist():
            content = (replaced or {}).get(part.filename) or given.read(part)
            archive.writestr(ZipInfo(part.filename), content, ZIP_DEFLATED)
    return packed.getvalue()
