"""Which files of a folder are read, which are named with a reason, and what loading one gives."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from rag.corpus import read, sources
from rag.corpus.readers import archive
from rag.corpus.sources import Source, load, scan
from rag.errors import CorpusError, UnreadableFile

TEXT = "全县地区生产总值100亿元。\n"
UNPRIVILEGED = 65534


def put(folder: Path, file: str, content: bytes | str = TEXT) -> Path:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def files(folder: Path) -> list[str]:
    return [source.file for source in scan(folder, 50)[0]]


def reasons(folder: Path, max_file_mb: float = 50) -> dict[str, str]:
    return {skipped.file: skipped.reason for skipped in scan(folder, max_file_mb)[1]}


def test_finds_every_format_in_every_folder(tmp_path: Path) -> None:
    names = [
        "b.txt",
        "a.MD",
        "县/报告.docx",
        "县/报告.pdf",
        "县/乡/报告.docx",
        "表.xlsx",
        "页.html",
        "页.htm",
    ]
    for name in names:
        put(tmp_path, name)
    found, skipped = scan(tmp_path, 50)
    assert [source.file for source in found] == sorted(names)
    assert skipped == ()
    report = next(source for source in found if source.file == "县/乡/报告.docx")
    state = (tmp_path / "县/乡/报告.docx").stat()
    assert report == Source(
        "县/乡/报告.docx", tmp_path / "县/乡/报告.docx", None, len(TEXT.encode()), state.st_mtime_ns
    )


def test_two_files_of_one_name_are_two_sources(tmp_path: Path) -> None:
    put(tmp_path, "甲县/报告.txt", "甲")
    put(tmp_path, "乙县/报告.txt", "乙")
    assert [(source.file, load(source).decode()) for source in scan(tmp_path, 50)[0]] == [
        ("乙县/报告.txt", "乙"),
        ("甲县/报告.txt", "甲"),
    ]


def test_hidden_and_lock_files_are_passed_over_in_silence(tmp_path: Path) -> None:
    for name in (
        "报告.txt",
        ".hidden.txt",
        ".git/x.txt",
        "~$报告.docx",
        "Thumbs.db",
        "desktop.ini",
        "__MACOSX/a.txt",
    ):
        put(tmp_path, name)
    assert scan(tmp_path, 50)[0][0].file == "报告.txt"
    assert len(files(tmp_path)) == 1
    assert reasons(tmp_path) == {}


def test_other_files_are_named_with_what_to_do(tmp_path: Path) -> None:
    for name in ("报告.txt", "旧.doc", "文.wps", "旧.xls", "图.jpg", "包.rar", "程序.exe", "无"):
        put(tmp_path, name)
    assert reasons(tmp_path) == {
        "旧.doc": "an old Word file. Save it as .docx, or run: soffice --headless --convert-to docx FILE",
        "文.wps": "a WPS text. Open it in WPS Office and save it as .docx",
        "旧.xls": "an old Excel file. Save it as .xlsx, or run: soffice --headless --convert-to xlsx FILE",
        "图.jpg": "a picture. Put scanned pages into one PDF; to have them recognised: pip install rapidocr onnxruntime",
        "包.rar": "a packed file that is not opened. Unpack it, or pack it as zip",
        "程序.exe": "not a format that is read (txt, md, docx, pdf, ofd, html, xlsx and zip files of them)",
        "无": "not a format that is read (txt, md, docx, pdf, ofd, html, xlsx and zip files of them)",
    }


def test_empty_and_large_files_are_skipped_by_name(tmp_path: Path) -> None:
    put(tmp_path, "报告.txt")
    put(tmp_path, "空.txt", b"")
    put(tmp_path, "大.txt", b"a" * (3 * 2**20 // 2))
    assert reasons(tmp_path, max_file_mb=1) == {
        "空.txt": "an empty file. Get a whole copy",
        "大.txt": "1.5 MB, over the limit of 1 MB. Raise it: GANWEN_MAX_FILE_MB",
    }
    assert "大.txt" in files(tmp_path)


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "报告.txt")
    os.mkfifo(tmp_path / "管.txt")
    assert reasons(tmp_path) == {"管.txt": "not an ordinary file"}


def test_a_name_in_the_bytes_of_windows_is_readable(tmp_path: Path) -> None:
    put(tmp_path, os.fsdecode("县报告.txt".encode("gb18030")))
    (source,) = scan(tmp_path, 50)[0]
    assert source.file == "县报告.txt"
    assert load(source).decode() == TEXT


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "没有", "No folder {}. Name one that holds reports: --source FOLDER"),
        (
            lambda folder: put(folder, "报告.txt"),
            "{} is not a folder. Name the folder that holds it: --source FOLDER",
        ),
        (
            lambda folder: folder,
            "No report in {}. Put files there (txt, md, docx, pdf, ofd, html, xlsx and zip files of them) "
            "or name another folder: --source FOLDER",
        ),
        (
            lambda folder: put(folder, "空.txt", b"").parent,
            "No report in {} can be read. 空.txt: an empty file. Get a whole copy",
        ),
    ],
)
def test_a_folder_that_cannot_serve_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], message: str
) -> None:
    folder = make(tmp_path)
    with pytest.raises(CorpusError) as refused:
        scan(folder, 50)
    assert str(refused.value) == message.format(folder)


def test_a_refusal_names_five_files_at_most(tmp_path: Path) -> None:
    for number in range(7):
        put(tmp_path, f"{number}.txt", b"")
    with pytest.raises(CorpusError, match=r"4\.txt: an empty file\. Get a whole copy; and 2 more$"):
        scan(tmp_path, 50)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, as pytest's own are the owner's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_other_user(code: str, *arguments: Path) -> str:
    """What `code` prints as a user without rights; imports are made before the rights are given up."""
    setup = f"import os, sys; from pathlib import Path; from rag.corpus.sources import *; os.setuid({UNPRIVILEGED})\n"
    command = [sys.executable, "-c", setup + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@needs_root
def test_a_folder_without_permission_is_refused(open_folder: Path) -> None:
    closed = put(open_folder, "closed/报告.txt").parent
    closed.chmod(0o000)
    code = "try: scan(Path(sys.argv[1]), 50)\nexcept Exception as error: print(type(error).__name__, error)"
    message = f"No permission to read {closed}. Allow it: chmod u+rx {closed}"
    assert as_other_user(code, closed) == f"CorpusError {message}"


@needs_root
def test_what_may_not_be_read_is_named_and_the_rest_is_read(open_folder: Path) -> None:
    put(open_folder, "报告.txt")
    put(open_folder, "锁/报告.txt").parent.chmod(0o000)
    put(open_folder, "锁.zip").chmod(0o000)
    put(open_folder, "私.txt").chmod(0o000)
    code = """
found, skipped = scan(Path(sys.argv[1]), 50)
print([each.file for each in skipped], {each.reason.partition(" Allow")[0] for each in skipped})
for source in found:
    try: print(source.file, len(load(source)))
    except Exception as error: print(error)
"""
    assert as_other_user(code, open_folder).splitlines() == [
        "['锁', '锁.zip'] {'no permission to read it.'}",
        f"报告.txt {len(TEXT.encode())}",
        f"私.txt: no permission to read it. Allow it: chmod u+rX {open_folder / '私.txt'}",
    ]


def test_links_are_followed_to_files_within_the_folder_only(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    put(corpus, "报告.txt")
    put(corpus, ".data/隐.txt", "隐")
    put(corpus, "县/a.txt")
    secret = put(tmp_path, "secret.txt")
    (corpus / "同.txt").symlink_to(corpus / "报告.txt")
    (corpus / "显.txt").symlink_to(corpus / ".data/隐.txt")
    (corpus / "外.txt").symlink_to(secret)
    (corpus / "外层").symlink_to(tmp_path)
    (corpus / "内层").symlink_to(corpus / "县")
    (corpus / "断.txt").symlink_to(corpus / "没有.txt")
    (corpus / "圈.txt").symlink_to(corpus / "圈.txt")
    outside = "a link out of the corpus folder is not followed. Copy the file itself there"
    nowhere = "a link that leads nowhere. Remove it or mend it"
    assert files(corpus) == ["县/a.txt", "报告.txt", "显.txt"]
    assert reasons(corpus) == {
        "外.txt": outside,
        "外层": outside,
        "内层": "a link to a folder is not followed. Put the folder itself there",
        "断.txt": nowhere,
        "圈.txt": nowhere,
    }


def test_a_folder_reached_by_a_link_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "corpus/报告.txt")
    (tmp_path / "link").symlink_to(tmp_path / "corpus")
    assert files(tmp_path / "link") == ["报告.txt"]


def pack(path: Path, members: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def test_members_of_a_zip_file_are_sources(tmp_path: Path) -> None:
    path = pack(
        tmp_path / "2023.zip", [("县/报告.txt", b"a"), ("市.md", b"bc"), ("空.txt", b""), ("县/旧.doc", b"d")]
    )
    found, skipped = scan(tmp_path, 50)
    modified = path.stat().st_mtime_ns
    assert found == (
        Source("2023.zip/县/报告.txt", path, "县/报告.txt", 1, modified),
        Source("2023.zip/市.md", path, "市.md", 2, modified),
    )
    assert [load(source) for source in found] == [b"a", b"bc"]
    assert [each.file for each in skipped] == ["2023.zip/县/旧.doc", "2023.zip/空.txt"]


def test_names_in_a_zip_file_cannot_climb_out_of_it(tmp_path: Path) -> None:
    names = [
        "../../etc/甲.txt",
        "/abs/乙.txt",
        "C:\\报告\\丙.txt",
        "./a//./丁.txt",
        "../..",
        "__MACOSX/._戊.txt",
    ]
    pack(tmp_path / "z.zip", [(name, name.encode()) for name in names])
    assert {source.file: load(source).decode() for source in scan(tmp_path, 50)[0]} == {
        "z.zip/etc/甲.txt": names[0],
        "z.zip/abs/乙.txt": names[1],
        "z.zip/报告/丙.txt": names[2],
        "z.zip/a/丁.txt": names[3],
    }


def test_one_name_twice_in_a_zip_file_is_reported(tmp_path: Path) -> None:
    pack(tmp_path / "z.zip", [("../a.txt", b"1"), ("a.txt", b"2")])
    assert files(tmp_path) == ["z.zip/a.txt"]
    assert reasons(tmp_path) == {"z.zip/a.txt": "a second file of this very name. Rename one of them"}


def test_zip_names_of_chinese_windows_and_of_macos_are_read(tmp_path: Path) -> None:
    data = pack(tmp_path / "z.zip", [("111111.txt", b"gbk"), ("222222.txt", b"utf-8")]).read_bytes()
    data = data.replace(b"111111", "县报告".encode("gb18030")).replace(b"222222", "报告".encode())
    (tmp_path / "z.zip").write_bytes(data)
    assert {source.file: load(source) for source in scan(tmp_path, 50)[0]} == {
        "z.zip/县报告.txt": b"gbk",
        "z.zip/报告.txt": b"utf-8",
    }


def test_locked_nested_and_inflated_members_are_named(tmp_path: Path) -> None:
    put(tmp_path, "报告.txt")
    inner = pack(tmp_path / "inner.zip", [("a.txt", b"a")]).read_bytes()
    (tmp_path / "inner.zip").unlink()
    pack(
        tmp_path / "z.zip", [("嵌.zip", inner), ("胀.txt", b"a" * 11 * 2**20), ("大.txt", os.urandom(2**20))]
    )
    locked = bytearray(pack(tmp_path / "锁.zip", [("a.txt", b"a")]).read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "锁.zip").write_bytes(locked)
    assert reasons(tmp_path, max_file_mb=0.5) == {
        "z.zip/嵌.zip": "a zip file within a zip file is not opened. Unpack it into the corpus folder",
        "z.zip/胀.txt": "it unpacks to more than 100 times its size. If you trust it, unpack it",
        "z.zip/大.txt": "1.0 MB, over the limit of 0.5 MB. Raise it: GANWEN_MAX_FILE_MB",
        "锁.zip/a.txt": "protected by a password. Unpack it into the corpus folder",
    }


def test_zip_files_of_too_much_are_not_unpacked(tmp_path: Path) -> None:
    put(tmp_path, "报告.txt")
    pack(tmp_path / "z.zip", [(f"{number}.txt", b"a") for number in range(archive.MAX_MEMBERS + 1)])
    reason = "not unpacked: it holds 10001 files, over the limit of 10000. Unpack what is needed of it into the corpus folder"
    assert reasons(tmp_path) == {"z.zip": reason}
    large = zipfile.ZipInfo("a.txt")
    large.file_size = 3 * 2**30
    assert archive.bomb([large], 4096) is None
    assert archive.bomb([large, large], 4096) == "it unpacks to 6144 MB, over the limit of 4096 MB"


def test_a_damaged_zip_file_is_named(tmp_path: Path) -> None:
    put(tmp_path, "报告.txt")
    data = pack(tmp_path / "断.zip", [("a.txt", TEXT.encode())]).read_bytes()
    (tmp_path / "断.zip").write_bytes(data[:-10])
    reason = "a damaged zip file (File is not a zip file). Get a whole copy, or pack it again"
    assert reasons(tmp_path) == {"断.zip": reason}


@pytest.mark.parametrize("position", range(35, 60))
def test_a_damaged_member_is_named(tmp_path: Path, position: int) -> None:
    data = bytearray(pack(tmp_path / "z.zip", [("a.txt", os.urandom(100))]).read_bytes())
    data[position] ^= 0xFF
    (tmp_path / "z.zip").write_bytes(data)
    (source,) = scan(tmp_path, 50)[0]
    with pytest.raises(
        UnreadableFile, match=r"^z\.zip/a\.txt: damaged within its zip file \(.+\)\. Get a whole copy$"
    ):
        load(source)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, "报告.txt")
    (source,) = scan(tmp_path, 50)[0]
    path.unlink()
    with pytest.raises(UnreadableFile, match=r"^报告\.txt: it is gone\. Run again$"):
        load(source)


@pytest.mark.parametrize("name", ["报告.txt", "z.zip"])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = put(tmp_path, name) if name == "报告.txt" else pack(tmp_path / name, [("a.txt", TEXT.encode())])
    (source,) = scan(tmp_path, 50)[0]
    read = sources._read
    readings: list[bytes] = []
    clock = count(1)

    def read_while_written_to(times: int) -> Callable[[Source], bytes]:
        def reading(source: Source) -> bytes:
            data = read(source)
            readings.append(data)
            if len(readings) <= times:
                os.utime(path, ns=(0, next(clock)))
            return data

        return reading

    monkeypatch.setattr(sources, "_read", read_while_written_to(1))
    assert load(source) == TEXT.encode()
    assert len(readings) == 2
    readings.clear()
    monkeypatch.setattr(sources, "_read", read_while_written_to(2))
    with pytest.raises(
        UnreadableFile, match=r"it changed while it was read\. Run again when it is finished$"
    ):
        load(source)


def test_a_source_becomes_a_document(tmp_path: Path) -> None:
    put(tmp_path, "县/报告.txt", "\ufeff青溪县\r\n" + TEXT)
    document = read(scan(tmp_path, 50)[0][0])
    assert (document.file, document.text, document.pages) == ("县/报告.txt", "青溪县\r\n" + TEXT, ())
    assert document.sha256 == hashlib.sha256((tmp_path / "县/报告.txt").read_bytes()).hexdigest()
