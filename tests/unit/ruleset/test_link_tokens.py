import pytest

from filterproxy.ruleset.link_tokens import link_tokens


@pytest.mark.parametrize(
    ("names", "redirects", "wanted"),
    [
        (["utm_*"], [], {"utm_"}),
        (["SPM", "from"], [], {"spm", "from"}),
        (["s"], [], {"?s", "&s", ";s"}),
        (["来源"], [], {"来源", "%e6%9d%a5%e6%ba%90"}),
        (["spm"], [("t.example/jump", "url")], {"spm", "jump", "t.example"}),
        (
            ["spm"],
            [("xn--fiqs8s.example/jump", "url")],
            {"spm", "jump", "xn--fiqs8s.example", "中国.example"},
        ),
        (["spm"], [("t.example/*", "url")], {"spm", "url=", "url&#x3d;", "url&#61;"}),
    ],
)
def test_tokens(names: list[str], redirects: list[tuple[str, str]], wanted: set[str]) -> None:
    assert link_tokens(names, redirects) == (frozenset(wanted),)


def test_any_name_is_always_tried() -> None:
    assert link_tokens(["*"]) == ()
