"""Which kind of binary file some bytes are, told by how they begin, and for ZIP archives by what is inside."""

from __future__ import annotations

import io

from .base import PDF, ZIP, Signature
from .zips import open_zip

SIGNATURES = (
    PDF,
    ZIP,
    Signature(b"PK\x05\x06", "an empty ZIP archive", "application/zip"),
    Signature(b"\x89PNG", "a PNG picture", "image/png"),
    Signature(b"\xff\xd8\xff", "a JPEG picture", "image/jpeg"),
    Signature(b"GIF8", "a GIF picture", "image/gif"),
    Signature(b"II*\x00", "a TIFF picture", "image/tiff"),
    Signature(b"MM\x00*", "a TIFF picture", "image/tiff"),
    Signature(b"WEBP", "a WebP picture", "image/webp", 8),
    Signature(b"8BPS", "a Photoshop picture", "image/vnd.adobe.photoshop"),
    Signature(b"\x00\x00\x01\x00", "an icon", "image/x-icon"),
    Signature(b"ftypheic", "a HEIC picture", "image/heic", 4),
    Signature(b"ftypavif", "an AVIF picture", "image/avif", 4),
    Signature(b"AT&TFORM", "a DjVu document; `ddjvu -format=pdf FILE FILE.pdf` makes a PDF of it", "image/vnd.djvu"),
    Signature(b"\x1f\x8b", "a gzip archive", "application/gzip"),
    Signature(b"BZh", "a bzip2 archive", "application/x-bzip2"),
    Signature(b"\xfd7zXZ\x00", "an XZ archive", "application/x-xz"),
    Signature(b"\x28\xb5\x2f\xfd", "a Zstandard archive", "application/zstd"),
    Signature(b"ustar", "a tar archive", "application/x-tar", 257),
    Signature(b"7z\xbc\xaf\x27\x1c", "a 7z archive", "application/x-7z-compressed"),
    Signature(b"Rar!\x1a\x07", "a RAR archive", "application/vnd.rar"),
    Signature(b"MSCF", "a cabinet archive", "application/vnd.ms-cab-compressed"),
    Signature(b"!<arch>\n", "a library or a Debian package", "application/x-archive"),
    Signature(b"\xed\xab\xee\xdb", "an RPM package", "application/x-rpm"),
    Signature(b"\x7fELF", "a program", "application/x-executable"),
    Signature(b"\xcf\xfa\xed\xfe", "a program", "application/x-mach-binary"),
    Signature(b"\xca\xfe\xba\xbe", "a program", "application/java-vm"),
    Signature(b"\x00asm", "a program", "application/wasm"),
    Signature(b"MZ\x90\x00", "a program", "application/vnd.microsoft.portable-executable"),
    Signature(b"SQLite format 3", "an SQLite database", "application/vnd.sqlite3"),
    Signature(b"GGUF", "a model file", "application/x-gguf"),
    Signature(b"PAR1", "a Parquet table", "application/vnd.apache.parquet"),
    Signature(b"\x89HDF", "an HDF5 file", "application/x-hdf5"),
    Signature(b"\x93NUMPY", "a NumPy array", "application/x-npy"),
    Signature(b"\xd0\xcf\x11\xe0", "an old Office document", "application/x-ole-storage"),
    Signature(b"ID3", "a sound file", "audio/mpeg"),
    Signature(b"fLaC", "a sound file", "audio/flac"),
    Signature(b"OggS", "a sound or film file", "application/ogg"),
    Signature(b"WAVE", "a sound file", "audio/wav", 8),
    Signature(b"AVI ", "a film", "video/x-msvideo", 8),
    Signature(b"\x1aE\xdf\xa3", "a film", "video/x-matroska"),
    Signature(b"ftyp", "a film or sound file", "video/mp4", 4),
    Signature(b"wOF", "a font", "font/woff"),
    Signature(b"OTTO", "a font", "font/otf"),
    Signature(b"\x00\x01\x00\x00\x00", "a font", "font/ttf"),
    Signature(b"%!PS-Adobe", "a PostScript file", "application/postscript"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_FOLDER = {  # of the packages of Microsoft Office
    "word/": Signature(ZIP.start, "a Word document", f"{_OFFICE}wordprocessingml.document"),
    "xl/": Signature(ZIP.start, "an Excel workbook", f"{_OFFICE}spreadsheetml.sheet"),
    "ppt/": Signature(ZIP.start, "a PowerPoint presentation", f"{_OFFICE}presentationml.presentation"),
}
_BY_MIMETYPE = {  # what the member `mimetype` of other packages holds
    "application/vnd.oasis.opendocument.text": "an OpenDocument text",
    "application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet",
    "application/vnd.oasis.opendocument.presentation": "an OpenDocument presentation",
    "application/epub+zip": "an EPUB book",
}
_ARCHIVES = {
    *("application/zip", "application/x-tar"),
    *("application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"),
}
_LOOK = 1024  # bytes of which some may stand before the signature of a PDF


def signature_of(content: bytes) -> Signature | None:
    """What `content` shows itself to be; None for text, and for what nobody knows.

    Of a ZIP archive that cannot be listed, or holds nothing known, only that is told: `ZIP`.
    """
    start = content[:_LOOK].lstrip()
    if start.startswith(PDF.start):
        return PDF
    kind = next((kind for kind in SIGNATURES if content.startswith(kind.start, kind.offset)), None)
    return _kind_of_package(content) if kind is ZIP else kind


def holds_members(content: bytes) -> bool:
    """Whether it is a ZIP or tar archive, or may be a compressed one."""
    kind = signature_of(content)
    return kind is not None and kind.media_type in _ARCHIVES


def _kind_of_package(content: bytes) -> Signature:
    try:
        with open_zip(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    media_type = member.read(100).decode("ascii", "replace").strip()
                base = media_type.removesuffix("-template")
                if base in _BY_MIMETYPE:
                    return Signature(ZIP.start, _BY_MIMETYPE[base], base)
                if media_type.startswith("application/vnd.oasis.opendocument."):
                    return Signature(ZIP.start, "an OpenDocument file of another kind", media_type)
    except Exception:  # an edge: what is compressed wrongly raises errors of the decompressor's own
        return ZIP
    return next((kind for folder, kind in _BY_FOLDER.items() if any(name.startswith(folder) for name in names)), ZIP)
