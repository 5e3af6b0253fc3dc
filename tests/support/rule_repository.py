"""A rule repository as a list's maintainer has one: rules, recordings, tests. In a folder of its own."""

from pathlib import Path

from tests.support.pages import page

URL = "https://www.news.example/2026/1.html"
HOME = "https://www.news.example/"
RULES = """\
site: news.example
article: "#story"
rules:
  - id: float
    category: ad
    remove: .ad-float
  - id: like
    category: recommended
    section: 猜你喜欢
    pages: /2026/*
  - id: keywords
    category: related
    remove: .keywords
tests:
  - recording: flows/pages.tsv
    url: https://www.news.example/2026/1.html
    removes: [float, like, keywords]
    keeps: ["#story p", 昨天下午，江边的老码头重新开放, 下载客户端]
  - recording: flows
    url: https://www.news.example/
    removes-nothing: like
"""
EXTRA = """\
site: "*"
rules:
  - {id: app, category: promo, remove: .app}
"""
TABLE = "path\turl\tcontent_type\n1.html\thttps://www.news.example/2026/1.html\ttext/html\nhome.html\thttps://www.news.example/\t\n"

PYTHON = """\
def test_words(replayed_page, recording, ruleset):
    page = replayed_page("flows/pages.tsv", "https://www.news.example/2026/1.html")
    assert "猜你喜欢" in page.text_before and "猜你喜欢" not in page.text_after
    assert "一位老船工的三十年" in page.html_before and "一位老船工的三十年" not in page.html_after
    assert [removal.rule for removal in page.page.removals] == [
        "sites/news.example/float",
        "sites/news.example/like",
    ]
    also = replayed_page("flows/pages.tsv", "https://www.news.example/2026/1.html", also=["related"])
    assert len(also.page.removals) == 3
    assert recording("flows").form == "folder"
    assert [rule.id for file in ruleset.files for rule in file.rules] == ["float", "like", "keywords"]
"""


def make_repository(folder: Path, rules: str = RULES) -> Path:
    """Write `rules/sites/news.example.yaml`, `flows/` and `tests/test_words.py`; gives the folder back."""
    write(folder / "rules" / "sites" / "news.example.yaml", rules)
    write(folder / "flows" / "pages.tsv", TABLE)
    (folder / "flows" / "1.html").write_bytes(page("gbk"))
    (folder / "flows" / "home.html").write_bytes(page())
    write(folder / "tests" / "test_words.py", PYTHON)
    return folder


def write(path: Path, text: str) -> None:
    """A text file, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
