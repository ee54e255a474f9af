"""The index: what is kept, what a rebuild costs, what a reader sees, and what is refused."""

import json
import os
import random
import re
import shutil
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.cache import VectorCache
from embeddings.errors import EmbeddingError
from embeddings.vectors import Vectors
from rag.chunking import compose
from rag.corpus import read
from rag.corpus.sources import scan
from rag.errors import CorpusError, IndexDamaged, IndexMismatch, IndexMissing, IndexStoreError
from rag.lexical import index_terms
from rag.store import Changes, Index, build_index, verify
from rag.store.manifest import MANIFEST, PartRecord, hash_file, read_manifest, write_manifest
from rag.store.sentences import sentences_of
from rag.store.tables import Tables, TablesWriter
from rag.types import Chunk, Document, Filter, Kind, Level, Period, Region
from tests.bags import DIM, BagEncoder, build, counts, generations, long_report, write_reports

CITY = "2024年南昌市政府工作报告\n\n2023年，全市森林覆盖率达到21.5%。\n"
PROVINCE = "2024年江西省政府工作报告\n\n2023年，全省森林覆盖率稳定在63.1%。\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_reports(tmp_path / "reports", city=CITY, province=PROVINCE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_an_index_holds_documents_passages_and_both_searches_row_by_row(source: Path, folder: Path) -> None:
    report = build(source, folder)
    assert counts(report) == (2, 0, 0, 0)
    assert report.passages == report.embedded
    with Index.open(folder, "bag") as index:
        assert index.files == ("city.txt", "province.txt")
        assert [index.document(file) for file in index.files] == [read(each) for each in scan(source, 50)[0]]
        chunks = tuple(index.all_chunks())
        assert [chunk.id for chunk in chunks] == list(range(len(index)))
        assert [chunk.file for chunk in chunks] == sorted(chunk.file for chunk in chunks)
        assert index.chunks([len(index) - 1, 0]) == (chunks[-1], chunks[0])
        composed = [compose(chunk) for chunk in chunks]
        rows = index.vectors.rows(np.arange(len(index)))
        assert np.array_equal(rows, BagEncoder().encode_queries(composed))
        asked = next(chunk for chunk in chunks if "63.1%" in chunk.text)
        assert index.lexical.search("63.1%", 1)[0].tolist() == [asked.id]


def test_a_passage_or_document_that_is_not_there_is_an_error(source: Path, folder: Path) -> None:
    build(source, folder)
    with Index.open(folder, "bag") as index:
        with pytest.raises(IndexError):
            index.chunk(len(index))
        with pytest.raises(IndexStoreError, match=r"none\.txt is not in the index"):
            index.document("none.txt")


def test_many_passages_are_read_page_by_page(tmp_path: Path, folder: Path) -> None:
    report = build(write_reports(tmp_path / "reports", a=long_report(1500)), folder)
    assert report.passages == 1500
    with Index.open(folder, "bag") as index:
        chunks = list(index.all_chunks())
        assert [chunk.id for chunk in chunks] == list(range(report.passages))
        assert index.chunks(range(report.passages)) == tuple(chunks)


REGIONS = [Region(path, level) for path, level in (
    (("江西省",), Level.PROVINCE), (("江西省", "南昌市"), Level.CITY), (("江西省", "赣州市", "信丰县"), Level.COUNTY),
)]  # fmt: skip
PERIODS = [Period(2022, 2022, "2022年"), Period(2021, 2025, "2021—2025年"), Period(2024, 2024, "2024年")]
CHUNKS = tuple(
    Chunk(i, f"{file}.txt", i, i + 1, "文", "题", ("一", "二"), region, period, kind, ("林长制",), "2024-01", 3, "|表|")
    for i, (file, region, period, kind) in enumerate(
        (file, region, period, kind)
        for file in "ab"
        for region in (*REGIONS, None)
        for period in (*PERIODS, None)
        for kind in (Kind.RESULT, Kind.PLAN)
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    path = tmp_path_factory.mktemp("tables") / "corpus.sqlite"
    writer = TablesWriter(path)
    for file in "ab":
        document = Document(f"{file}.txt", "文" * 99, "0" * 64, ((1, 2),), (0, 9), ())
        writer.add(document, [chunk for chunk in CHUNKS if chunk.file == document.file])
    writer.finish()
    writer.close()
    return Tables(path)


def test_every_field_of_a_passage_is_kept(tables: Tables) -> None:
    assert tuple(tables.all_chunks()) == CHUNKS


@given(
    st.builds(
        Filter,
        files=st.frozensets(st.sampled_from(["a.txt", "c.txt"])),
        regions=st.lists(st.sampled_from([*REGIONS, Region(("福建省",), Level.PROVINCE)])).map(tuple),
        periods=st.lists(st.sampled_from([*PERIODS, Period(1999, 1999, "1999年")])).map(tuple),
        kinds=st.frozensets(st.sampled_from(Kind)),
    )
)
def test_the_rows_a_filter_allows_are_those_it_allows_one_by_one(tables: Tables, filter: Filter) -> None:
    assert tables.rows_allowed(filter).tolist() == [chunk.id for chunk in CHUNKS if filter.allows(chunk)]


def test_no_filter_is_none_and_one_that_matches_nothing_is_empty(source: Path, folder: Path) -> None:
    build(source, folder)
    with Index.open(folder, "bag") as index:
        assert index.rows_allowed(Filter()) is None
        nothing = index.rows_allowed(Filter(files=frozenset({"none.txt"})))
        assert nothing is not None
        assert (nothing.dtype, nothing.tolist()) == (np.int64, [])


def test_nothing_changed_leaves_every_byte_as_it_was(source: Path, folder: Path) -> None:
    build(source, folder)
    before = {path: path.stat() for path in folder.rglob("*") if path.name != "lock"}
    report = build(source, folder)
    assert (counts(report), report.embedded) == ((0, 0, 0, 2), 0)
    after = {path: path.stat() for path in folder.rglob("*") if path.name != "lock"}
    assert {path: (state.st_ino, state.st_mtime_ns) for path, state in before.items()} == {
        path: (state.st_ino, state.st_mtime_ns) for path, state in after.items()
    }


def test_a_table_cut_elsewhere_has_the_sentences_of_its_own_passages(source: Path, folder: Path) -> None:
    rows = "".join(f"| 第{i}项产品名称 | {i}00.5 | 增长{i}.3% |\n" for i in range(60))
    head = "2023年南昌市统计公报\n\n一、工业\n\n"
    write_reports(source, table=f"{head}{'全年工业增长较快。' * 30}\n\n| 产品 | 产量 | 增长 |\n{rows}")
    build(source, folder)
    with Index.open(folder, "bag") as index:
        last = [chunk for chunk in index.all_chunks() if chunk.file == "table.txt"][-1]
    assert last.header
    write_reports(source, table=f"{head}{last.header}\n{last.text}")
    build(source, folder)
    with Index.open(folder, "bag") as index:
        check_sentences(index)
    assert verify(folder, BagEncoder()) == ()


def check_sentences(index: Index) -> None:
    """Each passage has the vectors of its own sentences, in half precision."""
    for chunk in index.all_chunks():
        expected = BagEncoder().encode_queries(sentences_of(chunk)).astype(np.float16)
        assert np.array_equal(index.sentences.of(chunk.id), expected.astype(np.float32))


def test_only_what_changed_is_embedded(source: Path, folder: Path) -> None:
    build(source, folder)
    write_reports(source, city=CITY.replace("21.5%", "22%"), county="信丰县报告\n\n2023年，投资增长8%。\n")
    (source / "province.txt").unlink()
    encoder = BagEncoder()
    report = build_index(source, folder, encoder)
    assert (counts(report), report.embedded) == ((1, 1, 1, 0), len(encoder.passages))
    with Index.open(folder, "bag") as index:
        assert index.files == ("city.txt", "county.txt")
        expected = {compose(chunk) for chunk in index.all_chunks()}
        assert set(encoder.passages) <= expected
        assert "2023年,投资增长8%" in encoder.embedded
        check_sentences(index)
        assert np.array_equal(
            index.vectors.rows(np.arange(len(index))),
            BagEncoder().encode_queries([compose(chunk) for chunk in index.all_chunks()]),
        )
    assert verify(folder, BagEncoder()) == ()


def test_misread_letters_are_searched_by_and_not_shown(source: Path, folder: Path) -> None:
    write_reports(source, a="生态区城品牌。\n", b="".join(f"推进区域{n}。\n" for n in range(20)))
    build(source, folder)
    with Index.open(folder, "bag") as index:
        rows, _ = index.lexical.search("区域", len(index))
        found = [index.chunk(int(row)).text for row in rows]
    assert "生态区城品牌。" in found
    assert verify(folder, BagEncoder()) == ()


def test_a_rebuild_gives_the_bytes_of_a_build_from_nothing(
    source: Path, folder: Path, tmp_path: Path
) -> None:
    build(source, folder)
    write_reports(source, a=long_report(3))
    build(source, folder)
    build(source, tmp_path / "fresh")
    updated, fresh = read_manifest(folder), read_manifest(tmp_path / "fresh")
    assert {name: part for name, part in updated.parts.items() if name != "corpus.sqlite"} == {
        name: part for name, part in fresh.parts.items() if name != "corpus.sqlite"
    }
    with Index.open(folder, "bag") as one, Index.open(tmp_path / "fresh", "bag") as other:
        assert list(one.all_chunks()) == list(other.all_chunks())
        assert [one.document(file) for file in one.files] == [other.document(file) for file in other.files]


def test_rebuilds_of_any_changes_give_the_bytes_of_a_build_from_nothing(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of words made of look-alikes, so that what one report says mends, or unmends, the letters of another."""
    monkeypatch.setattr("rag.mending.OFTEN", 3)
    draw = random.Random(0)
    source = write_reports(tmp_path / "reports", r0="区域。\n")
    mended = []
    for round_ in range(12):
        for name in draw.sample("abcdefgh", 3):
            path = source / f"r{name}.txt"
            if draw.random() < 0.3 and path.exists():
                path.unlink()
            else:
                words = draw.choices(["区域", "未来", "，城", "人大", "12%", "王国", "玉国"], k=10)
                words += [
                    draw.choice(["区城", "末来", "区戌"]) + chr(draw.randrange(0x4E00, 0x4E20))
                    for _ in range(2)
                ]
                draw.shuffle(words)
                path.write_text("报告\n\n" + "".join(words) + "。\n", encoding="utf-8")
        build(source, folder)
        build(source, tmp_path / f"fresh{round_}")
        updated, fresh = read_manifest(folder), read_manifest(tmp_path / f"fresh{round_}")
        assert {name: part for name, part in updated.parts.items() if name != "corpus.sqlite"} == {
            name: part for name, part in fresh.parts.items() if name != "corpus.sqlite"
        }
        counts = json.loads((updated.folder(folder) / "counts.json").read_text(encoding="utf-8"))
        mended.append(len(counts["meant"]))
    assert min(mended) < max(mended)


def test_a_rebuild_counts_the_words_of_what_changed_only(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_reports(
        tmp_path / "reports", **{f"r{i}": f"第{i}号报告\n\n投资增长{i}%。\n" for i in range(30)}
    )
    build(source, folder)
    write_reports(source, r7="第7号报告\n\n投资下降7%。\n")
    counted: list[str] = []
    monkeypatch.setattr(
        "rag.store.searches.index_terms", lambda text: counted.append(text) or index_terms(text)
    )
    build(source, folder)
    assert len(counted) == 1
    assert "投资下降7%" in counted[0]


def test_a_file_that_moved_costs_no_embedding(source: Path, folder: Path) -> None:
    build(source, folder)
    (source / "2024").mkdir()
    (source / "city.txt").rename(source / "2024" / "moved.txt")
    report = build(source, folder)
    assert (counts(report), report.embedded) == ((1, 0, 1, 1), 0)


def test_a_file_that_was_touched_is_unchanged_and_not_read_again(source: Path, folder: Path) -> None:
    build(source, folder)
    os.utime(source / "city.txt", ns=(1, 1))
    with Index.open(folder, "bag") as index:
        assert not index.changes()
    before = generations(folder)
    assert counts(build(source, folder)) == (0, 0, 0, 2)
    assert generations(folder) == before
    assert read_manifest(folder).files["city.txt"].mtime_ns == 1


def test_two_files_of_one_name_and_text_are_two_documents_with_one_vector(source: Path, folder: Path) -> None:
    shutil.copytree(source, source / "copy")
    report = build(source, folder)
    assert counts(report) == (4, 0, 0, 0)
    assert report.embedded == report.passages / 2
    with Index.open(folder, "bag") as index:
        own = [
            [c.text for c in index.all_chunks() if c.file == file] for file in ("city.txt", "copy/city.txt")
        ]
        assert own[0] == own[1] != []


def test_full_reads_and_embeds_everything_anew(source: Path, folder: Path, tmp_path: Path) -> None:
    with VectorCache(tmp_path / "cache.sqlite", max_mb=10) as cache:
        first = build(source, folder, cache=cache)
        before = generations(folder)
        report = build(source, folder, cache=cache, full=True)
    assert (counts(report), report.embedded) == ((0, 0, 0, 2), first.embedded)
    assert generations(folder) != before


def test_a_model_that_dies_leaves_the_old_index_and_its_work_in_the_cache(
    source: Path, folder: Path, tmp_path: Path
) -> None:
    build(source, folder)
    before = generations(folder)
    write_reports(source, a=long_report(600))
    with VectorCache(tmp_path / "cache.sqlite", max_mb=10) as cache:
        dying = BagEncoder(dies_after=300)
        with pytest.raises(EmbeddingError, match="The model died"):
            build_index(source, folder, dying, cache=cache)
        assert generations(folder) == before
        with Index.open(folder, "bag") as index:
            assert index.files == ("city.txt", "province.txt")
        going_on = BagEncoder()
        build_index(source, folder, going_on, cache=cache)
    assert len(dying.embedded) == 256
    assert len(dying.embedded) + len(going_on.embedded) >= 600
    assert not set(dying.embedded) & set(going_on.embedded)


def test_a_model_that_gives_nonsense_is_refused(source: Path, folder: Path) -> None:
    class Nonsense(BagEncoder):
        def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().encode_queries(texts) * np.float32(np.nan)

    with pytest.raises(EmbeddingError, match="not of length 1"):
        build_index(source, folder, Nonsense())
    with pytest.raises(IndexMissing):
        Index.open(folder, "bag")


def test_progress_is_told(source: Path, folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    report = build(source, folder, progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] != "embed"] == [
        ("read", 1, 2), ("read", 2, 2), ("sentences", report.passages, report.passages),
        ("index", 0, report.passages), ("index", report.passages, report.passages),
    ]  # fmt: skip
    assert ("embed", report.embedded, report.embedded) in told


def test_what_cannot_be_read_is_reported_each_time_and_the_rest_is_indexed(
    source: Path, folder: Path
) -> None:
    (source / "broken.txt").write_bytes(b"\xff\xfe\xfd\x00\x81\xff\xff" * 3)
    (source / "empty.txt").touch()
    (source / "large.txt").write_text("水" * 2**20, encoding="utf-8")
    for counted in ((2, 0, 0, 0), (0, 0, 0, 2)):
        report = build(source, folder, max_file_mb=1)
        assert counts(report) == counted
        assert [each.file for each in report.skipped] == ["broken.txt", "empty.txt", "large.txt"]
    with Index.open(folder, "bag") as index:
        assert not index.changes()
    (source / "broken.txt").write_text("好了。\n", encoding="utf-8")
    assert counts(build(source, folder, max_file_mb=1)) == (1, 0, 0, 2)


def test_reports_with_no_text_at_all_are_an_error_and_leave_the_old_index(source: Path, folder: Path) -> None:
    build(source, folder)
    blank = write_reports(source.parent / "blank", a="\n \n")
    with pytest.raises(CorpusError, match="No text in the reports of"):
        build(blank, folder)
    with Index.open(folder, "bag") as index:
        assert index.files == ("city.txt", "province.txt")


def test_changes_name_the_reports_that_differ(source: Path, folder: Path) -> None:
    build(source, folder)
    write_reports(source, city=CITY + "新。\n", county="县。\n")
    (source / "province.txt").unlink()
    with Index.open(folder, "bag") as index:
        assert index.changes() == Changes(("county.txt",), ("city.txt",), ("province.txt",))
        assert index.document("city.txt").text == CITY
        with pytest.raises(CorpusError):
            index.changes(source / "none")


def test_a_reader_keeps_its_generation_until_it_closes(source: Path, folder: Path) -> None:
    build(source, folder)
    index = Index.open(folder, "bag")
    old = index.manifest.generation
    write_reports(source, city="新的报告\n\n换了内容。\n")
    build(source, folder)
    assert not index.is_current()
    assert old in generations(folder)
    assert "21.5%" in index.document("city.txt").text
    index.close()
    build(source, folder)
    assert generations(folder) == [read_manifest(folder).generation] != [old]


def test_readers_see_one_whole_index_while_it_is_swapped_ten_times(tmp_path: Path, folder: Path) -> None:
    versions = [
        write_reports(
            tmp_path / name, **{f"r{i}": f"{name}年度报告\n\n{name}年第{i}号。\n" for i in range(5)}
        )
        for name in ("甲", "乙")
    ]
    build(versions[0], folder)
    swapping = True

    def look(_: int) -> int:
        looked = 0
        while swapping or looked == 0:
            with Index.open(folder, "bag") as index:
                chunks = index.chunks(range(len(index)))
                names = {name for name in "甲乙" for chunk in chunks if name in chunk.text}
                assert len(names) == 1
                assert {
                    name for file in index.files for name in "甲乙" if name in index.document(file).text
                } == names
                found, _ = index.vectors.search(BagEncoder().encode_queries([compose(chunks[0])])[0], 1)
                assert compose(index.chunk(int(found[0]))) == compose(chunks[0])
                looked += 1
            time.sleep(0.01)
        return looked

    with ThreadPoolExecutor(20) as pool:
        looks = [pool.submit(look, i) for i in range(20)]
        try:
            for i in range(10):
                build(versions[(i + 1) % 2], folder)
        finally:
            swapping = False
        assert all(each.result() > 0 for each in looks)
    build(versions[0], folder)
    assert len(generations(folder)) == 1


def test_threads_share_an_index(source: Path, folder: Path) -> None:
    build(source, folder)
    with Index.open(folder, "bag") as index, ThreadPoolExecutor(8) as pool:
        rows = list(range(len(index))) * 50
        assert [chunk.id for chunk in pool.map(index.chunk, rows)] == rows


def test_coverage_tells_regions_and_years(source: Path, folder: Path) -> None:
    build(source, folder)
    with Index.open(folder, "bag") as index:
        chunks = list(index.all_chunks())
        coverage = index.coverage()
    assert set(coverage.regions) == {chunk.region for chunk in chunks if chunk.region}
    assert coverage.first_year == min(chunk.period.first for chunk in chunks if chunk.period)
    assert coverage.last_year == max(chunk.period.last for chunk in chunks if chunk.period)


def test_no_index_says_how_to_build_it(folder: Path) -> None:
    with pytest.raises(
        IndexMissing, match=rf"No index at {folder}\. Build it: ganwen index --index {folder}"
    ):
        Index.open(folder, "bag")
    with pytest.raises(IndexMissing):
        verify(folder)


def test_the_index_at_its_usual_place_is_built_by_the_plain_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(IndexMissing, match=r"^No index at \.ganwen/index\. Build it: ganwen index$"):
        Index.open(Path(".ganwen/index"), "bag")


def test_another_model_chunking_or_format_is_refused_and_rebuilt(source: Path, folder: Path) -> None:
    build(source, folder)
    mended = re.escape(f"Rebuild it: ganwen index --source {source.resolve()} --index {folder}")
    with pytest.raises(IndexMismatch, match=rf"model bag, but e5 is set\. {mended}, or set"):
        Index.open(folder, "e5")
    manifest = read_manifest(folder)
    write_manifest(folder, replace(manifest, chunking="other"))
    with pytest.raises(IndexMismatch, match=rf"cut by another version \(other; now structure.*{mended}$"):
        Index.open(folder, "bag")
    assert [problem.file for problem in verify(folder)] == [MANIFEST]
    write_manifest(folder, replace(manifest, format=0))
    with pytest.raises(IndexMismatch, match=rf"format 0; this version reads format 4\. {mended}$"):
        Index.open(folder, "bag")
    build(source, folder)
    with Index.open(folder, "bag") as index:
        assert index.manifest.chunking == manifest.chunking


def test_another_numeric_type_embeds_anew(source: Path, folder: Path) -> None:
    first = build(source, folder)
    encoder = BagEncoder()
    encoder.numeric_type = "bfloat16"
    assert build_index(source, folder, encoder).embedded == first.embedded


def test_one_flipped_bit_in_any_file_is_found_refused_and_mended(source: Path, folder: Path) -> None:
    build(source, folder)
    names = sorted(
        path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.stat().st_size
    )
    names = [name for name in names if name.name != "lock"]
    assert len(names) == 14
    for name in names:
        data = (folder / name).read_bytes()
        for place in (0, len(data) // 3, len(data) - 1):
            flipped = bytearray(data)
            flipped[place] ^= 1 << place % 8
            (folder / name).write_bytes(flipped)
            with pytest.raises((IndexDamaged, IndexMismatch), match="Rebuild it: ganwen index"):
                Index.open(folder, "bag")
            assert [problem.file for problem in verify(folder)] == [name.as_posix()]
        (folder / name).write_bytes(data)
        assert verify(folder) == ()
    (folder / names[0]).write_bytes(bytes(9))
    build(source, folder)
    assert verify(folder, BagEncoder()) == ()


def test_a_missing_file_or_generation_is_damage(source: Path, folder: Path) -> None:
    build(source, folder)
    generation = read_manifest(folder).folder(folder)
    (generation / "vectors.faiss").unlink()
    with pytest.raises(IndexDamaged, match=r"vectors\.faiss cannot be read"):
        Index.open(folder, "bag")
    shutil.rmtree(generation)
    with pytest.raises(IndexDamaged, match=rf"{generation.name} is missing"):
        Index.open(folder, "bag")
    assert [problem.file for problem in verify(folder)] == [MANIFEST]


def test_damage_of_a_large_index_is_found_when_it_is_met(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `open` checks by size only must not become a wrong passage or an error nobody understands."""
    build(source, folder)
    monkeypatch.setattr("rag.store.index.CHECKED_WHOLE", 0)
    path = read_manifest(folder).folder(folder) / "corpus.sqlite"
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes(len(data) - 100))
    with pytest.raises(IndexDamaged, match="Rebuild it"), Index.open(folder, "bag") as index:
        index.chunk(0)


def reseal(folder: Path, name: str) -> None:
    """Let the manifest vouch for a file of the index as it is now."""
    manifest = read_manifest(folder)
    path = manifest.folder(folder) / name
    parts = {**manifest.parts, name: PartRecord(hash_file(path), path.stat().st_size)}
    write_manifest(folder, replace(manifest, parts=parts))


def test_verify_finds_vectors_that_are_not_what_the_model_gives(source: Path, folder: Path) -> None:
    build(source, folder)
    path = read_manifest(folder).folder(folder) / "vectors.faiss"
    rows = Vectors.load(path).rows(np.arange(len(Vectors.load(path))))
    for wrong, what in ((rows[:, ::-1], "is not what bag gives"), (rows * 2, "vector 0 is not of length 1")):
        Vectors.build(wrong).save(path)
        reseal(folder, "vectors.faiss")
        (problem,) = verify(folder, BagEncoder())
        assert what in problem.what
        assert f"ganwen index --full --source {source.resolve()} --index {folder}" in problem.what
    Vectors.build(rows[1:]).save(path)
    reseal(folder, "vectors.faiss")
    with pytest.raises(IndexDamaged, match=f"{len(rows) - 1} vectors for {len(rows)} passages"):
        Index.open(folder, "bag")


def test_verify_finds_sentences_that_are_not_what_the_model_gives(source: Path, folder: Path) -> None:
    build(source, folder)
    path = read_manifest(folder).folder(folder) / "sentences/vectors.npy"
    vectors = np.load(path)
    for wrong, what in ((vectors[::-1], "is not what bag gives"), (vectors * 2, "not of length 1")):
        np.save(path, wrong)
        reseal(folder, "sentences/vectors.npy")
        (problem,) = verify(folder, BagEncoder())
        assert problem.file.endswith("sentences/vectors.npy")
        assert what in problem.what
    np.save(path, vectors)
    reseal(folder, "sentences/vectors.npy")
    bounds = path.with_name("bounds.npy")
    for wrong in (np.load(bounds)[1:], np.load(bounds)[::-1], np.load(bounds)[:0]):
        np.save(bounds, wrong)
        reseal(folder, "sentences/bounds.npy")
        with pytest.raises(IndexDamaged):
            Index.open(folder, "bag")


def test_verify_finds_passages_that_do_not_stand_where_they_say(source: Path, folder: Path) -> None:
    build(source, folder)
    path = read_manifest(folder).folder(folder) / "corpus.sqlite"
    whole = path.read_bytes()
    for change, what in (
        ("UPDATE chunks SET start = start + 1 WHERE id = 0", "passage 0 does not stand at"),
        ("UPDATE chunks SET title = '假' WHERE id = 0", "passage 0 is not the text that was embedded"),
        ("DELETE FROM chunks WHERE id = 0", "passages in corpus.sqlite"),
        ("UPDATE documents SET sha256 = '0'", "other documents"),
    ):
        path.write_bytes(whole)
        connection = sqlite3.connect(path)
        connection.execute(change)
        connection.commit()
        connection.close()
        reseal(folder, "corpus.sqlite")
        (problem,) = verify(folder)
        assert what in problem.what


def test_the_manifest_is_readable_json(source: Path, folder: Path) -> None:
    build(source, folder)
    record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert record["model"] == "bag"
    assert record["numeric_type"] == "float32"
    assert record["dim"] == DIM
    assert record["source"] == str(source)
    assert record["files"]["city.txt"]["size"] == len(CITY.encode())
    assert set(record["parts"]) == {
        "corpus.sqlite", "vectors.faiss", "lexical/data.npy", "lexical/indices.npy", "lexical/indptr.npy",
        "lexical/lengths.npy", "lexical/tokens.tsv", "lexical/offsets.npy", "lexical/times.npy", "bilingual.tsv", "counts.json",
        "sentences/vectors.npy", "sentences/bounds.npy",
    }  # fmt: skip


def test_a_place_that_cannot_be_written_says_so(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        IndexStoreError, match=r"cannot be written: .*another place: ganwen index --index FOLDER"
    ):
        build(source, tmp_path / "file")
