"""A page with one of each: an advert, a section, a tracker, an article. And rules for it."""

RULES = """\
site: news.example
article: "#story"
rules:
  - {id: float, category: ad, remove: .ad-float}
  - {id: like, category: recommended, section: 猜你喜欢}
  - {id: count, category: tracking, remove: script, text: _hmt}
  - {id: watch, category: promo, mode: observe, remove: .app}
  - {id: greedy, category: ad, remove: "#main"}
  - {id: idle, category: clickbait, remove: .hotword}
  - {id: keywords, category: related, remove: .keywords}
"""

_SENTENCE = "昨天下午，江边的老码头重新开放，许多市民带着孩子来看船，直到天黑才慢慢散去。"

TEXT = f"""<!DOCTYPE html>
<html><head><meta charset="CHARSET"><title>老码头重新开放 - 新闻</title>
<script>var _hmt = _hmt || [];</script></head>
<body>
<div class="ad-float">限时优惠</div>
<div id="main"><h1>老码头重新开放</h1>
<div id="story"><p>{_SENTENCE * 3}</p>
<p>{_SENTENCE * 2}</p></div></div>
<p class="app">下载客户端</p>
<div class="keywords">码头 江边</div>
<div class="box"><h3>猜你喜欢</h3>
<ul><li><a href="/1">夜市的灯光为什么这样亮</a></li><li><a href="/2">一位老船工的三十年</a></li></ul></div>
</body></html>
"""


def page(charset: str = "utf-8") -> bytes:
    """The page in a charset, which it declares."""
    return TEXT.replace("CHARSET", charset).encode(charset)


URL = "https://www.news.example/2026/1.html"
