"""The rule language, version 1, as pydantic models: what is valid, and the JSON Schema of it.

Values come in as the strings the file has; validators give what the compiler needs (parsed
selectors, patterns, host names). The descriptions are what an editor shows while one types.
"""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from filterproxy.ruleset import values
from filterproxy.ruleset.model import Category, Mode, TextPattern
from filterproxy.ruleset.selectors import ParsedSelector
from filterproxy.settings import Limits

ACTION_KEYS = (
    *("remove", "section", "lists", "hide", "unwrap", "strip-attributes", "strip-classes"),
    *("block", "strip-params", "strip-cookies", "strip-headers", "prune"),
)
CONDITION_KEYS = ("text", "named", "at-most", "within", "unless", "up")
TAKES_CONDITIONS = frozenset({"remove", "hide", "unwrap"})


def _text(convert: Any = None) -> Any:
    """A validator of one string, by a function of `values`."""

    def check(value: object) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError("shape", "expected a text, not a list or a mapping")
        try:
            return convert(value) if convert else value
        except values.ValueFault as fault:
            kind = "selector" if fault.selector else "value"
            raise PydanticCustomError(
                kind, "{problem}", {"problem": fault.problem, "at": fault.at}
            ) from fault

    return PlainValidator(check)


def _listed(value: object) -> object:
    if isinstance(value, dict):
        raise PydanticCustomError("shape", "expected a text or a list of texts, not a mapping")
    if isinstance(value, list) and not value:
        raise PydanticCustomError("shape", "the list is empty")
    return value if isinstance(value, list) else [value]


def _strings(hint: str = "") -> dict[str, Any]:
    return {"type": "string", "minLength": 1, **({"examples": [hint]} if hint else {})}


def _one_or_many(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]})


MOST_SELECTORS = Limits().selector_list  # of a rule


def _bounded(lists: list[tuple[ParsedSelector, ...]]) -> list[tuple[ParsedSelector, ...]]:
    if sum(map(len, lists)) > MOST_SELECTORS:
        problem = f"more than {MOST_SELECTORS} selectors; write several rules"
        raise PydanticCustomError("shape", "{problem}", {"problem": problem})
    return lists


def _bounded_list(filters: list[str]) -> list[str]:
    if len(filters) > MOST_SELECTORS:
        problem = f"more than {MOST_SELECTORS} filters; write several rules"
        raise PydanticCustomError("shape", "{problem}", {"problem": problem})
    return filters


LIST = BeforeValidator(_listed)
Selectors = Annotated[tuple[ParsedSelector, ...], _text(values.selectors)]
AnySelectors = Annotated[tuple[ParsedSelector, ...], _text(values.any_selectors)]
KeyedSelectors = Annotated[tuple[str, tuple[ParsedSelector, ...]], _text(values.keyed_selectors)]
SelectorList = Annotated[
    list[Selectors], LIST, AfterValidator(_bounded), _one_or_many(_strings("#ad-close, .ad-float"))
]
AnySelectorList = Annotated[
    list[AnySelectors], LIST, AfterValidator(_bounded), _one_or_many(_strings(".sidebar"))
]
HeadingList = Annotated[list[Annotated[str, _text(values.heading)]], LIST, _one_or_many(_strings("猜你喜欢"))]
PatternList = Annotated[
    list[Annotated[TextPattern, _text(values.text_pattern)]],
    LIST,
    _one_or_many(_strings(r"/hm\.baidu\.com/")),
]
SiteList = Annotated[
    list[Annotated[str, _text(values.site)]], LIST, _one_or_many(_strings("example-news.com"))
]
NameList = Annotated[
    list[Annotated[str, _text(values.name_pattern)]], LIST, _one_or_many(_strings("advert, /^ad-(box|slot)/"))
]
GlobList = Annotated[
    list[Annotated[str, _text(values.page_glob)]], LIST, _one_or_many(_strings("/article/*"))
]
TextList = Annotated[list[Annotated[str, _text(values.written)]], LIST, _one_or_many(_strings())]
AttributeNames = Annotated[
    list[Annotated[str, _text(values.attribute_name)]], LIST, _one_or_many(_strings("ping"))
]
ClassNames = Annotated[
    list[Annotated[str, _text(values.class_name)]], LIST, _one_or_many(_strings("no-scroll"))
]
Text = Annotated[str, _text(), WithJsonSchema({"type": "string"})]
Reason = Annotated[str, _text(values.reason), WithJsonSchema(_strings())]


FilterList = Annotated[
    list[Annotated[str, _text(values.block_filter)]],
    LIST,
    AfterValidator(_bounded_list),
    _one_or_many(_strings("||hm.baidu.com^$third-party")),
]
ParamNames = Annotated[list[Annotated[str, _text(values.param_name)]], LIST, _one_or_many(_strings("utm_*"))]
CookieNames = Annotated[list[Annotated[str, _text(values.cookie_name)]], LIST, _one_or_many(_strings("_ga*"))]
HeaderNames = Annotated[list[Annotated[str, _text(values.header_name)]], LIST, _one_or_many(_strings("etag"))]
PathList = Annotated[
    list[Annotated[str, _text(values.json_path)]],
    LIST,
    _one_or_many(_strings("$.data[?@.type == 'ad']")),
]


ListKind = Annotated[Literal["recommended"], WithJsonSchema({"const": "recommended"})]


def _keyed(names: WithJsonSchema) -> WithJsonSchema:
    return WithJsonSchema({"type": "object", "minProperties": 1, "additionalProperties": names.json_schema})


def _not_empty(value: object) -> object:
    if not isinstance(value, dict):
        raise PydanticCustomError("shape", "expected a mapping, such as {body: [no-scroll]}")
    if not value:
        raise PydanticCustomError("shape", "the mapping is empty")
    if len(value) > MOST_SELECTORS:
        problem = f"more than {MOST_SELECTORS} keys; write several rules"
        raise PydanticCustomError("shape", "{problem}", {"problem": problem})
    return value


StripAttributes = Annotated[
    dict[KeyedSelectors, AttributeNames], BeforeValidator(_not_empty), _keyed(_one_or_many(_strings("ping")))
]
StripClasses = Annotated[
    dict[KeyedSelectors, ClassNames], BeforeValidator(_not_empty), _keyed(_one_or_many(_strings("no-scroll")))
]


class Strict(BaseModel):
    """No key but those declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


Redirects = Annotated[
    dict[
        Annotated[str, _text(values.redirect)],
        Annotated[str, _text(values.param_name), WithJsonSchema(_strings("url"))],
    ],
    BeforeValidator(_not_empty),
    WithJsonSchema({"type": "object", "minProperties": 1, "additionalProperties": _strings("url")}),
]


def _count(value: object) -> int:
    if not isinstance(value, str) or not value.isdecimal() or len(value) > 6:  # noqa: PLR2004 - a page holds no million
        raise PydanticCustomError("value", "expected a whole number")
    return int(value)


Count = Annotated[int, PlainValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0})]


class PruneModel(Strict):
    """What to take out of JSON: of answers, of the JSON that stands in pages, or of both."""

    url: GlobList | None = Field(
        None, description="Paths of JSON answers of the site: globs. None: only what `script` names."
    )
    script: AnySelectorList | None = Field(
        None, description="Elements of a page that hold JSON, such as #__NEXT_DATA__."
    )
    remove: PathList = Field(description="JSONPath queries (RFC 9535) of what goes.")


class RuleModel(Strict):
    """One rule: an id, a category and one action."""

    id: Annotated[str, _text(values.identifier), WithJsonSchema(_strings("close-ad"))] = Field(
        description="The rule's name, once in the file. Reports call the rule `file/id`."
    )
    category: Category = Field(
        description="What the rule takes away. A reader switches categories as a whole."
    )
    remove: SelectorList | None = Field(
        None, description="Action: cut out the elements these selectors match."
    )
    section: HeadingList | None = Field(
        None,
        description="Action: cut out the section under a heading with one of these texts, heading included.",
    )
    lists: ListKind | None = Field(
        None,
        description="Action: cut out the lists of other stories around an article, found by their shape.",
    )
    unless_heading: HeadingList | None = Field(
        None, alias="unless-heading", description="With lists: lists under such a heading stay."
    )
    hide: SelectorList | None = Field(
        None,
        description="Action: keep the elements but don't show them, for what the page's own scripts need.",
    )
    unwrap: SelectorList | None = Field(
        None, description="Action: take the element away and keep what is in it."
    )
    strip_attributes: StripAttributes | None = Field(
        None,
        alias="strip-attributes",
        description="Action: selector → attribute names; `data-track*` is a prefix.",
    )
    strip_classes: StripClasses | None = Field(
        None, alias="strip-classes", description="Action: selector → class names; `modal-*` is a prefix."
    )
    block: FilterList | None = Field(
        None, description="Action: requests that are never sent, in Adblock syntax."
    )
    strip_params: ParamNames | None = Field(
        None,
        alias="strip-params",
        description="Action: query parameters that go, from links in the page and from requests.",
    )
    strip_cookies: CookieNames | None = Field(
        None, alias="strip-cookies", description="Action: cookies that are neither sent nor set."
    )
    strip_headers: HeaderNames | None = Field(
        None, alias="strip-headers", description="Action: header fields that go, of requests and answers."
    )
    prune: PruneModel | None = Field(None, description="Action: take parts out of JSON.")
    redirects: Redirects | None = Field(
        None,
        description="With strip-params: host and path of links that lead on → the parameter that says where.",
    )
    text: PatternList | None = Field(
        None,
        description="Condition: the element's text holds this. Plain text, or /regex/ (RE2; /…/i: any case).",
    )
    named: NameList | None = Field(
        None,
        description="Condition: an id or class of the element has these words, or in its words, hyphens "
        "between them (rightAd_3: right-ad-3), /a pattern/ is found.",
    )
    at_most: Count | None = Field(
        None, alias="at-most", description="Condition: what would go has at most so many characters of text."
    )
    within: AnySelectorList | None = Field(None, description="Condition: an ancestor matches.")
    unless: AnySelectorList | None = Field(
        None, description="Condition: neither the element nor an ancestor matches."
    )
    up: SelectorList | None = Field(
        None, description="Climb to the closest ancestor that matches, and act on that one."
    )
    pages: GlobList | None = Field(None, description="Only on these paths, within those of the file.")
    mode: Mode = Field(
        Mode.ENFORCE, description="enforce: act. observe: count and report only. off: nothing."
    )
    allow_article: Reason | None = Field(
        None, alias="allow-article", description="This rule may take article text; say why that is safe."
    )
    note: Text | None = Field(None, description="For people.")


COUNTS = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
Version = Annotated[Literal["1"], WithJsonSchema({"const": 1})]
IdList = Annotated[
    list[Annotated[str, _text(values.rule_reference)]], LIST, _one_or_many(_strings("close-ad"))
]


class PageTestModel(Strict):
    """What the rules must do to one page of a recording."""

    recording: Annotated[str, _text(values.written), WithJsonSchema(_strings("flows/example.mitm"))] = Field(
        description="The path of a flow file."
    )
    url: Annotated[str, _text(values.page_url), WithJsonSchema({"type": "string", "format": "uri"})] = Field(
        description="The page's address in the recording."
    )
    removes: IdList | None = Field(None, description="Ids of rules that must take something away.")
    removes_nothing: IdList | None = Field(
        None, alias="removes-nothing", description="Ids of rules that must leave this page alone."
    )
    keeps: TextList | None = Field(None, description="Texts and selectors that must still be there.")
    count: Annotated[dict[str, Count], BeforeValidator(_not_empty), WithJsonSchema(COUNTS)] | None = Field(
        None, description="Rule id → how many elements it takes away."
    )


class FileModel(Strict):
    """A rule file: for one site, for some, or for every site."""

    version: Version = Field("1", description="The language's version.")
    site: SiteList = Field(description='Host name or names; subdomains are covered. "*" is every site.')
    pages: GlobList | None = Field(
        None,
        description='Path globs: "*" is anything. None: every page of the site. With "?": path and query.',
    )
    article: AnySelectorList | None = Field(
        None, description="What must survive. None: found by the page's own marks and by text density."
    )
    rules: list[RuleModel] = Field([], description="The rules.")
    tests: list[PageTestModel] = Field([], description="Recorded pages, and what must become of them.")
    note: Text | None = Field(None, description="For people.")


class ExemptionModel(Strict):
    """A rule switched off somewhere."""

    rule: Annotated[
        str, _text(values.rule_glob), WithJsonSchema(_strings("sites/example-news.com/close-ad"))
    ] = Field(description='The rule\'s full name, "file/id"; "*" stands for anything.')
    site: SiteList | None = Field(None, description="Where; none: on every site.")
    pages: GlobList | None = Field(None, description="On which paths; none: on all.")
    reason: Reason = Field(description="Why, in words.")
    until: Annotated[str, _text(values.date), WithJsonSchema({"type": "string", "format": "date"})] | None = (
        Field(None, description="The last day it holds, YYYY-MM-DD; none: for good.")
    )


class ExceptionFileModel(Strict):
    """An exception file: switches rules off without editing what was shipped."""

    version: Version = Field("1", description="The language's version.")
    exceptions: list[ExemptionModel] = Field(description="The exceptions. They always win.")
    note: Text | None = Field(None, description="For people.")


def json_schema(*, exceptions: bool = False) -> dict[str, Any]:
    """The JSON Schema (2020-12) of rule files, or of exception files."""
    model = ExceptionFileModel if exceptions else FileModel
    schema = model.model_json_schema(by_alias=True)
    kind = "exception" if exceptions else "rule"
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"filterproxy {kind} file"}
    _tidy(schema)
    if not exceptions:
        rule = schema["$defs"]["RuleModel"]
        rule["oneOf"] = [{"required": [key]} for key in ACTION_KEYS]
        schema["anyOf"] = [{"required": ["rules"]}, {"required": ["article"]}]
    return {**head, **{key: value for key, value in schema.items() if key != "title"}}


def _tidy(schema: Any) -> None:
    """Without what only Python has: a key that may be left out is never null, and titles repeat names."""
    if isinstance(schema, list):
        for item in schema:
            _tidy(item)
        return
    if not isinstance(schema, dict):
        return
    for item in schema.values():
        _tidy(item)
    if schema.get("default", ...) is None or "const" in schema:
        schema.pop("default", None)
    options = schema.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        options.remove({"type": "null"})
        if len(options) == 1:
            schema.update(schema.pop("anyOf")[0])
    if isinstance(schema.get("title"), str):
        del schema["title"]
