"""The rule file to start from: it is valid as it stands, and its comments are the way on."""

import json

TEMPLATE = """\
# Rules for {shown}. Check them with: filterproxy check THIS_FILE
# All of the language: rules/README.md, and "filterproxy schema" for your editor.
version: 1
site: {site}
{subdomains}
# Only on some pages? Paths; "*" stands for anything. Without this line: on every page of the site.
# pages: ["/article/*", "/*.html"]

# What must never be taken. Without this line the article is found by itself.
# article: "#content .post"

rules:
  # The section under such a heading goes, heading included.
  - id: recommended
    category: recommended
    section: [猜你喜欢, 精彩推荐, 相关推荐, 热门推荐, 大家都在看]

  # Elements by CSS selector. Start with "mode: observe": it counts and reports, and takes nothing.
  # - id: close-ad
  #   category: close-ad        # ad, close-ad, recommended, related, tracking, promo, clickbait
  #   remove: ["#ad-close", ".ad-float"]
  #   mode: observe

  # A script by its text: a plain text, or /a pattern/.
  # - id: statistics
  #   category: tracking
  #   remove: script
  #   text: /hm\\.baidu\\.com|cnzz\\.com/

  # Only in one place, and with exceptions.
  # - id: hot-links
  #   category: clickbait
  #   remove: "li:has(> a[href*='from=hot'])"
  #   within: ".sidebar"
  #   unless: ".editor-pick"

  # Kept in the page but not shown: for what the page's own scripts need.
  # - id: app-banner
  #   category: promo
  #   hide: ".app-download"

  # Attributes and classes, without touching anything else.
  # - id: ping
  #   category: tracking
  #   strip-attributes: {{a: [ping, data-track]}}
  # - id: scroll-lock
  #   category: promo
  #   strip-classes: {{body: [no-scroll, modal-open]}}
"""


def starter_file(site: str, shown: str) -> str:
    """A commented rule file for a site.

    Args:
        site: the host name, normalised.
        shown: the site as the user wrote it, for the first comment.
    """
    plain = site.replace(".", "").replace("-", "").isalnum() and not site.replace(".", "").isdigit()
    comment = "" if site == "*" else "# Subdomains are covered: www, m, news …\n"
    return TEMPLATE.format(
        shown=" ".join(shown.split()), site=site if plain else json.dumps(site), subdomains=comment
    )
