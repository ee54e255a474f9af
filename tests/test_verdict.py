import pytest

from rag.answering.verdict import decide, word


@pytest.mark.parametrize(
    ("question", "clause", "verdict"),
    [
        ("它是全国第一个获批的吗？", "成为全国首个获批的省份", True),
        ("它是全国第一个获批的吗？", "成为全国第4个获批的省份", False),
        ("它是全国头一家吗？", "成为我省首家、国内第三家获评的企业", False),
        ("它是全省头一家吗？", "成为我省首家、国内第三家获评的企业", True),
        ("Was it the first?", "成为全国第4个获批的省份", False),
        ("投资涨了没有？", "固定资产投资下降5.9%", False),
        ("投资涨了没有？", "固定资产投资增长5.9%", True),
        ("坐地铁要掏钱吗？", "免费乘坐市内的地铁线路", False),
        ("大桥已经通车了吗？", "争取大桥早日建成通车", False),
        ("目标完成了吗？", "如期实现传播阻断目标", True),
        ("医保还得先备案吗？", "实现省内异地就医免备案", False),
        ("问题都解决了吗？", "问题尚未解决", False),
    ],
)
def test_verdict(question: str, clause: str, verdict: bool) -> None:
    assert decide(question, clause) is verdict


def test_the_first_word_is_in_the_language_asked() -> None:
    assert [word("zh", True), word("zh-Hant", False), word("en", False)] == ["是，", "不是，", "No, "]
