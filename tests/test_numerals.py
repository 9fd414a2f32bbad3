import pytest

from corpus.numerals import to_int


@pytest.mark.parametrize(
    ("written", "value"),
    [("十", 10), ("十二", 12), ("二十三", 23), ("廿二", 22), ("卅", 30), ("一百零五", 105), ("一百一十", 110),
     ("一千二百六十", 1260), ("两千零二十", 2020), ("二〇一八", 2018), ("２３", 23), ("007", 7), ("第".strip("第") + "九 十", 90),
     ("一万二千", 12000)],
)  # fmt: skip
def test_reads_every_way_of_writing_a_number(written: str, value: int) -> None:
    assert to_int(written) == value


@pytest.mark.parametrize("text", ["", "  ", "甲", "第十", "1.5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"不是数字|invalid literal"):
        to_int(text)
