"""The author in brackets that ends a newspaper's piece: （刘滨 钱文龙）, （黄艳文/图）."""

import re

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋"
    "茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万柯昝管卢莫房裘缪干解应宗"
    "丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲芮储靳汲邴糜松井段富巫乌焦巴弓牧隗车侯宓蓬全郗班仰秋"
    "仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳逄姬"
    "申扶堵冉宰郦雍璩桑桂濮牛边扈燕冀郏浦尚农温庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨耿匡文寇"
    "禄阙东欧殳沃蔚夔隆巩厍聂晁勾敖融冷訾辛阚简饶曾沙丰巢关蒯查荆红游竺权逯盖益桓肖付涂闫岳仝佟覃代宛原占"
    "兰粟揭帅练佘衷况冼邝谌淦苟庹亓丛迟矫隋上皇令尉阳尧候楚肇牟寻母辜亢邸麦仉"
)
_NO_NAME = re.compile(
    r"全[国省市县区]|安全|文[化件字中]|高[新铁速]|成[果效绩]|时[间期]|方[案面]|计划|常年|平[均方]|路线|车辆|应急|解决|明[年确]"
    r"|包括|单[位项]|金额|上[年述接]|项目|向上|时代|元年|代表|时政|左右"
)
_NAME = r"[\u4e00-\u9fff·]{2,6}?"
_SIGN_OFF = re.compile(
    r"(?:(?<=[。！？…”\"！!?])|\A)\s*[（(](?P<names>(?:(?:特约|本报|见习|首席|融媒体?)?(?:记者|通讯员|作者|实习生)[ 　：:]*)*"
    rf"{_NAME}(?:[ 　、，,]+(?:(?:记者|通讯员|实习生)[ 　：:]*)?{_NAME}){{0,7}}?)[ 　]*(?:文[/／]图|图[/／]文|[/／]?文|[/／]?图|摄影报道)?[)）]$"
)
_AUTHOR_NOTE = re.compile(r"[（(](?:作者|来源|执笔)[系为：: ][^（）()]{2,60}[)）]$")
_ROLE = re.compile(r"(?:特约|本报|见习|首席|融媒体?)?(?:记者|通讯员|作者|实习生)[ 　：:]*")
_LONGEST = 80
_SPACES = re.compile(r"[ 　、，,]+")


def sign_off(text: str) -> str | None:
    """The authors named in brackets at the end of a piece, such as 刘滨 钱文龙; None where there are none."""
    match = _SIGN_OFF.search(text if len(text) <= _LONGEST else "字" + text[-_LONGEST:])
    if match is None:
        return None
    names = _SPACES.sub(" ", _ROLE.sub(" ", match["names"])).strip().split(" ")
    if (
        _NO_NAME.match(match["names"])
        or not all(name[0] in _SURNAMES or "·" in name for name in names)
        or any(len(name) > 4 and "·" not in name for name in names)
    ):
        return None
    return " ".join(names)


def is_signed(text: str) -> bool:
    """Whether a paragraph ends a piece: with its authors, or a line about them, in brackets."""
    return text.endswith((")", "）")) and (sign_off(text) is not None or bool(_AUTHOR_NOTE.search(text)))
