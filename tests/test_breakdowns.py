"""Parts of a statistic: what is told of one answers nothing about another."""

import pytest

from rag.breakdowns import is_of_other_part, swap_part


@pytest.mark.parametrize(
    ("asked", "shown", "around"),
    [
        ("生猪存栏多少头", "生猪出栏230万头", ""),
        ("有多少外国游客", "接待游客1.9亿人次", "接待游客1.9亿人次"),
        ("消费贷款余额是多少", "个人贷款余额达37亿元", "个人消费贷款净增4166万元"),
        ("车船税收了多少", "非税收入1749.2亿元", "非税收入1749.2亿元,其中专项收入300亿元"),
        ("对缅甸进出口增长多少", "对老挝、越南分别增长19.2%、6.7%", ""),
        ("空气优良天数比率是多少", "国考断面水质优良比例97%", "空气质量持续改善"),
        ("how many foreign tourists came", "接待游客1.9亿人次", ""),
        ("女职工有多少人", "职工3万人", "职工3万人,其中男2万人"),
        ("进口多少", "进出口总额20亿元", ""),
        ("关税收入多少", "海关税收收入2亿元", "海关税收收入2亿元"),
    ],
)
def test_another_part_or_the_whole_answers_nothing(asked: str, shown: str, around: str) -> None:
    """The part asked for stands nowhere, or the words shown are of another or of the whole."""
    assert is_of_other_part(asked, "", shown, around)


@pytest.mark.parametrize(
    ("asked", "shown", "around"),
    [
        ("生猪存栏多少头", "存栏120万头", "生猪出栏230万头,存栏120万头"),
        ("进口和出口各多少", "出口20亿元", ""),
        ("农村居民收入多少", "增长6%", "农村居民收入2万元,增长6%"),
        ("城镇居民收入多少", "乡居民收入分别增长5%", "城乡居民收入分别增长5%"),
        ("多少人外出务工", "子女随迁3万人", ""),
        ("住房贷款多少", "发放住房贷款5亿元", ""),
        ("对印度尼西亚出口多少", "对印尼出口5亿元", ""),
        # Names cut short in a series, names inside other words, units for each.
        ("第二产业增加值是多少", "一、二、三产业增加值分别为32.1亿元、120.4亿元、133.1亿元", ""),
        ("门诊多少人次", "门(急)诊、住院人次分别达到102.6万人次、11.3万人次", ""),
        ("进口额多少", "外贸进、出口额分别为3.2亿元、15.8亿元", ""),
        ("国家级小巨人几家", "国家专精特新小巨人3家、省级20家", ""),
        ("引进省外资金多少", "引进省外到位资金68.3亿元", ""),
        ("全国有多少家博物馆", "全国备案博物馆达到6833家", ""),
        ("湖南非遗项目有多少个", "非遗代表性项目410个", ""),
        ("每亩投资多少", "投资标准为3000元/亩", "投资标准为3000元/亩"),
        ("多少孩子享受", "惠及学生1.26万人", ""),
        ("有多少个乡镇", "全县辖8个镇、4个乡", ""),
    ],
)
def test_the_part_itself_answers(asked: str, shown: str, around: str) -> None:
    """Other names of the part, the part named in its sentence, and questions about two parts are let through."""
    assert not is_of_other_part(asked, "", shown, around)


def test_the_words_of_a_follow_up_decide() -> None:
    """A question completed with the one before it names both parts; its own words one."""
    asked, shown = "出栏多少头猪，那存栏多少头", "生猪出栏230万头"
    assert not is_of_other_part(asked, "", shown, "")
    assert is_of_other_part(asked, "那存栏多少头", shown, "")


@pytest.mark.parametrize(
    ("named", "before", "after"),
    [
        ("缅甸", "云南对老挝的进出口增长了多少？", "云南对缅甸的进出口增长了多少？"),
        ("出口", "2023年进口额是多少？", "2023年出口额是多少？"),
        ("乡镇卫生院", "在社区卫生服务中心看一次门诊多少钱？", "在乡镇卫生院看一次门诊多少钱？"),
        ("Myanmar", "How much did trade with Laos grow?", "How much did trade with Myanmar grow?"),
        ("缅甸", "云南省森林覆盖率是多少？", ""),
        ("出口", "进口和出口各是多少？", ""),
        ("老挝", "对老挝出口多少？", ""),
        ("鸡", "牛奶产量是多少？", ""),
        ("税收", "非税收入是多少？", "税收收入是多少？"),
    ],
)
def test_a_follow_up_names_another_part(named: str, before: str, after: str) -> None:
    """那缅甸呢 asks the same of Myanmar; of a question that names none or several parts nothing is made."""
    assert swap_part(named, before) == after
