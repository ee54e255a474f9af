"""Which files are read, which are named with a way to convert them, and which are nobody's business."""

from pathlib import PurePosixPath

READ = frozenset({".txt", ".md", ".markdown", ".docx", ".pdf", ".ofd", ".html", ".htm", ".xlsx", ".xlsm"})
ARCHIVE = ".zip"
INSTALL_OCR = "pip install rapidocr onnxruntime"
NAMES = "txt, md, docx, pdf, ofd, html, xlsx and zip files of them"

_IGNORED = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_PICTURE = f"a picture. Put scanned pages into one PDF; to have them recognised: {INSTALL_OCR}"
_PACKED = "a packed file that is not opened. Unpack it, or pack it as zip"
_CONVERT = {
    ".doc": "an old Word file. Save it as .docx, or run: soffice --headless --convert-to docx FILE",
    ".docm": "a Word file with macros. Save it as .docx without them",
    ".dot": "an old Word template. Save it as .docx",
    ".dotx": "a Word template. Save it as .docx",
    ".wps": "a WPS text. Open it in WPS Office and save it as .docx",
    ".wpt": "a WPS template. Open it in WPS Office and save it as .docx",
    ".rtf": "rich text. Save it as .docx, or run: soffice --headless --convert-to docx FILE",
    ".odt": "an OpenDocument text. Save it as .docx, or run: soffice --headless --convert-to docx FILE",
    ".xls": "an old Excel file. Save it as .xlsx, or run: soffice --headless --convert-to xlsx FILE",
    ".et": "a WPS sheet. Open it in WPS Office and save it as .xlsx",
    ".ods": "an OpenDocument sheet. Save it as .xlsx, or run: soffice --headless --convert-to xlsx FILE",
    ".csv": "a bare table. Open it in a spreadsheet program and save it as .xlsx",
    ".ppt": "slides. Save them as PDF",
    ".pptx": "slides. Save them as PDF",
    ".dps": "WPS slides. Save them as PDF",
    ".ceb": "a CEB file. Open it in Apabi Reader and print it to PDF",
    ".caj": "a CAJ file. Open it in CAJViewer and print it to PDF",
    ".mht": "a saved web page in one piece. Open it in a browser and save it as HTML",
    ".mhtml": "a saved web page in one piece. Open it in a browser and save it as HTML",
    ".jpg": _PICTURE,
    ".jpeg": _PICTURE,
    ".png": _PICTURE,
    ".bmp": _PICTURE,
    ".tif": _PICTURE,
    ".tiff": _PICTURE,
    ".rar": _PACKED,
    ".7z": _PACKED,
    ".tar": _PACKED,
    ".gz": _PACKED,
    ".bz2": _PACKED,
    ".xz": _PACKED,
}


def suffix(name: str) -> str:
    """The ending that says the format, in lower case, with its point; empty where there is none."""
    return PurePosixPath(name).suffix.lower()


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is passed over in silence: hidden, a lock of Office, of the system."""
    return name.startswith((".", "~$")) or name.lower() in _IGNORED


def objection(name: str) -> str | None:
    """Why a file of this name is not read, with what to do next; None when it is read."""
    ending = suffix(name)
    if ending in READ:
        return None
    return _CONVERT.get(ending, f"not a format that is read ({NAMES})")
