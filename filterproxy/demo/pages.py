"""The sample site: which pages there are, and what is true of each once it is filtered.

Every page, name and story is invented. The hosts of real statistics and advert services appear
because real pages name them; here their answers come from this folder, over loopback.
"""

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One page of the sample site.

    Attributes:
        name: for `filterproxy demo --page NAME`.
        url: its address, https.
        content_type: as the server labels it.
        charset: what its bytes are in.
        what: what it shows, in a few words.
        article: selector of the article, whose text must come through whole; None: all list.
        gone: texts a reader must not find any more.
        kept: texts a reader must still find, once each at least.
    """

    name: str
    url: str
    content_type: str
    charset: str
    what: str
    article: str | None
    gone: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def host(self) -> str:
        """The host of its address."""
        return self.url.split("/")[2]

    @property
    def path(self) -> str:
        """The path of its address."""
        return "/" + self.url.split("/", 3)[3]


PAGES = (
    SamplePage(
        name="article",
        url="https://www.qukanredian.com/detail/20260611/8842160.html",
        content_type="text/html; charset=utf-8",
        charset="utf-8",
        what="an aggregator's article page",
        article="#article",
        gone=("关闭广告", "猜你喜欢", "精彩推荐", "浏览 8.4万", "浏览 11.9万", "打开趣看 App"),
        kept=("来源：江岸晚报", "阅读：12.6万", "免责声明", "天气", "广告服务", "关于我们"),
    ),
    SamplePage(
        name="gbk",
        url="https://www.jiangcheng.example/content/2026-06/08/c_30417.htm",
        content_type="text/html",  # no charset: the page's own <meta> says gb2312
        charset="gbk",
        what="a county paper in GBK, rows of tables; no rules of its own",
        article="#zoom",
        gone=("关闭广告", "精彩推荐", "教你三招"),
        kept=("责任编辑：穆青禾", "相关新闻", "县档案馆征集", "便民电话", "广告刊例"),
    ),
    SamplePage(
        name="traditional",
        url="https://www.haixia.example/story/7120/5530918",
        content_type="text/html; charset=utf-8",
        charset="utf-8",
        what="traditional Chinese, headings beside their lists; no rules of its own",
        article="article",
        gone=("猜你喜歡", "精彩推薦", "老裁縫的布尺"),
        kept=("瀏覽 9,204", "相關閱讀", "小鎮書店聯盟", "讀者回應", "港口阿明", "廣告刊登"),
    ),
    SamplePage(
        name="home",
        url="https://www.qukanredian.com/",
        content_type="text/html; charset=utf-8",
        charset="utf-8",
        what="a home page, all list: only its adverts may go",
        article=None,
        gone=("关闭广告",),
        kept=("今日要读", "退休老师在楼道里摆了一面书墙", "社会", "文化", "广告服务"),
    ),
    SamplePage(
        name="about-ads",
        url="https://www.qukanredian.com/detail/20260609/8839907.html",
        content_type="text/html; charset=utf-8",
        charset="utf-8",
        what="a story about advertising: its own words stay",
        article="#article",
        gone=("满 3000 减 400", "浏览 11.9万"),
        kept=("旁边写着“关闭广告”", "页面底部都写着“猜你喜欢”", "一条“精彩推荐”平均", "广告这一行"),
    ),
)

PAGE_NAMES = tuple(page.name for page in PAGES)


def site_folder() -> Traversable:
    """The folder of the sample site: one folder a host, files below it by path."""
    return files("filterproxy.demo") / "site"


def site_hosts() -> tuple[str, ...]:
    """Every host the sample site answers for, sorted."""
    return tuple(sorted(folder.name for folder in site_folder().iterdir() if folder.is_dir()))


def original(page: SamplePage) -> bytes:
    """The page's bytes as the server sends them."""
    return find(page.host, page.path).read_bytes()


def find(host: str, path: str) -> Traversable:
    """The file that answers for a host and a path (no query).

    Raises:
        FileNotFoundError: no such file, or a path that leads out of the site.
    """
    parts = [part for part in path.split("/") if part]
    if any(part in {".", ".."} or "\\" in part or "\0" in part for part in (host, *parts)):
        raise FileNotFoundError(path)
    place = "/".join((host, *parts))
    for candidate in (place, f"{place}/index.html", f"{place}.html"):
        file = site_folder() / candidate
        if file.is_file():
            return file
    raise FileNotFoundError(path)
