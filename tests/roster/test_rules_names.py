"""Names, and what is none: nobody gets onto the roll under a sentence, another's name, or half a name."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.roster.rules.findings import KINDS, Unreadable
from engage.roster.rules.names import gone, name_of

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("张三、李四", "two names in one cell"),
        ("张三 李四", "two names in one cell"),
        ("张三\n李四", "two names in one cell"),
        ("张三/李四", "two names in one cell"),
        ("王芳（已故）", "marked as gone"),
        ("王芳(2019年去世)", "marked as gone"),
        ("王芳-迁出", "marked as gone"),
        ("王*芳", "name hides characters"),
        ("王某某", "name hides characters"),
        ("王?芳", "name lost a character"),
        ("王\ufffd芳", "name lost a character"),
        ("王\ue863芳", "name lost a character"),
        ("张三13800138000", "name is not a name"),
        ("以上信息真实有效", "name is not a name"),
        ("同上", "name is not a name"),
        ("女", "name is not a name"),
        (True, "name is not a name"),
    ],
)
def test_what_is_not_one_whole_name_is_held_back(cell: object, kind: str) -> None:
    with pytest.raises(Unreadable) as refused:
        name_of(cell)  # type: ignore[arg-type]
    assert refused.value.template == kind
    assert KINDS[kind].severity == "error"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("王 芳", "王芳"),
        ("张 三 丰", "张三丰"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("买买提.艾力", "买买提·艾力"),
        ("买买提 • 艾力", "买买提·艾力"),
        ("张𬭎", "张𬭎"),
        ("张\U00031360", "张\U00031360"),  # newer than Python 3.11's tables
        ("李四（租户）", "李四"),
        ("户主：张三", "张三"),
        ("张伟（大）", "张伟(大)"),
        ("'张三", "张三"),
        ("李四。", "李四"),
        ("张三\u3000", "张三"),
        ("Smith, John", "Smith, John"),
        ("O'Brien Mary", "O'Brien Mary"),
        ("王和平", "王和平"),
        ("高单元", "高单元"),
        ("于是之", "于是之"),
    ],
)
def test_names_people_really_have(cell: str, name: str) -> None:
    assert name_of(cell) == name


@given(st.text(HAN, min_size=1, max_size=2), st.sampled_from("王李张刘陈"))
def test_a_surname_and_a_given_name_are_a_name_with_and_without_a_space(given_name: str, surname: str) -> None:
    for way in (surname + given_name, f"{surname} {given_name}"):
        with suppress(Unreadable):  # 王某 hides somebody
            assert name_of(way) == surname + given_name


@pytest.mark.parametrize(
    ("remark", "word"),
    [("2024年已故", "已故"), ("已搬走", "已搬走"), ("户口注销", "户口注销"), ("老伴已故", ""), ("丈夫2019年去世", ""),
     ("交通事故", ""), ("未迁出", ""), (None, "")],
)  # fmt: skip
def test_a_remark_that_says_somebody_is_gone(remark: str | None, word: str) -> None:
    assert gone(remark) == word
