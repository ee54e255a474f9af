from embeddings.cleaning import Cleaner, fuse_unknown, normalise, remove_unreadable

KNOWN = frozenset("一二三abc< >/s:")


def cleaner(limit: int) -> Cleaner:
    return Cleaner(KNOWN, len, limit)


def test_what_utf8_or_c_cannot_hold_is_removed():
    assert remove_unreadable("一\x00二\ud800三\udfff") == "一二三"


def test_text_is_brought_to_one_form_on_one_line():
    assert normalise(" ２０２３年\r\n\t63.1％\u3000\u200b\ufeff增长 ") == "2023年 63.1% 增长"
    assert normalise("e\x01\u0301～①") == "é~1"
    assert normalise("\u1100\u1161") == "가"


def test_nothing_reads_as_a_special_token():
    assert normalise("<s>a</s><pad><unk>＜mask＞") == "< s>a< /s>< pad>< unk>< mask>"
    assert normalise("<sub> a<b") == "<sub> a<b"


def test_a_run_of_unknown_characters_becomes_one():
    assert fuse_unknown("一xyz二xa", KNOWN) == "一x二xa"
    assert fuse_unknown("xx", KNOWN) == "x"
    assert fuse_unknown("一二", KNOWN) == "一二"
    assert fuse_unknown("", KNOWN) == ""


def test_cut_is_the_longest_beginning_that_fits():
    assert cleaner(3)("abcabc") == "abc"
    assert cleaner(6)("abcabc") == "abcabc"
    assert cleaner(3)("") == ""


def test_of_a_very_long_text_only_the_beginning_is_counted():
    counted: list[int] = []

    def count(text: str) -> int:
        counted.append(len(text))
        return len(text)

    assert Cleaner(KNOWN, count, 5)("a" * 1_000_000) == "aaaaa"
    assert max(counted) == 80
