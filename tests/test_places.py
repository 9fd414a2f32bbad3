import pytest

from corpus import places


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("大连和吉林有什么不同", ["大连市", "吉林省"]),
        ("瓦房店市的乡镇卫生院", ["瓦房店市"]),
        ("吉林市和吉林省", ["吉林市", "吉林省"]),
        ("吉林大学第一医院、大连医科大学", []),  # institutions, not places
        ("全科医生", []),
    ],
)
def test_places_that_a_text_names(text: str, named: list[str]) -> None:
    assert [mention.place.name for mention in places.mentions(text)] == named


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["扩大", "连片", "开发"], []),
        (["完成", "都", "有", "补贴"], []),
        (["大连", "有", "补贴"], ["大连市"]),
        (["扩", "大连市", "的"], ["大连市"]),  # a full name needs no borders
    ],
)
def test_a_short_name_counts_between_words_only(words: list[str], named: list[str]) -> None:
    text = "".join(words)
    borders = {sum(map(len, words[:count])) for count in range(len(words) + 1)}
    assert [mention.place.name for mention in places.mentions(text, borders)] == named


@pytest.mark.parametrize(
    ("region", "place", "applies"),
    [
        ("大连市", "瓦房店市", True),  # what binds a city binds its parts
        ("瓦房店市", "大连市", True),
        ("大连市", "吉林省", False),
        ("大连市", "沈阳市", False),
        ("全国", "吉林省", True),
        ("", "吉林省", True),  # no place is stated
    ],
)
def test_where_a_document_applies(region: str, place: str, applies: bool) -> None:
    named = places.named(place)
    assert named is not None
    assert places.related(region, named) is applies
