"""Words that pages use in ids, class names and addresses. Chosen, not counted: enough to warn by."""

from collections.abc import Iterator

PLAIN_TAGS = frozenset(
    "a article aside b button center dd div dl dt em font footer form h1 h2 h3 h4 h5 h6 header iframe "
    "img input label li link main meta nav ol p picture script section select span strong style table "
    "tbody td tr ul video".split()
)
"""Elements that every page has for all purposes."""

FRAME_NAMES = frozenset(
    "app area article body bottom box center col column contain container content contents footer foot "
    "head header inner item layout left list main menu nav navbar news outer page post right root row "
    "section site story text title top wrap wrapper".split()
)
"""Names of the parts of a page that hold its story, its menus or everything."""

_WORDS = (
    "accordion account action active address adjust admin advanced aggregate album analytics anchor "
    "answer apply archive area arrow article aside author avatar back background badge band bank banner "
    "bar base big blog body book border bottom box breadcrumb breadcrumbs broadcast broad button "
    "calendar caption card carousel category center channel chapter clear close cloud collapse column "
    "comment community company contact container content control copyright correct cover credit crumb "
    "current dashboard data date dead deadline dialog direct disclaimer display document download "
    "dropdown edit editor email embed error event expand external eyebrow facebook faded fade feature "
    "field figure file filter first fixed float focus folder follow font foot footer form forum frame "
    "front full gallery global grade gradient graph grid group happy head header heading headline "
    "headlines height hidden hide highlight home hotel hover icon image index info inline inner input "
    "institution intro item keyword label landscape language large layout lazyload lead leader leading "
    "left legend letter level lightbox like line link list load loader loading local location login "
    "logo magazine mail main map margin masthead media member menu message meta middle mobile modal "
    "module montage more narrow nav navbar navigation network news newsletter next number operation "
    "option outer overlay padding page pagination panel paragraph parent password percentage personal "
    "phone photo photos pic picture player pop popular popup population portrait position post posts "
    "preview previous price print privacy product profile program progress promote promotion quote "
    "radio rank rating read reader reading ready recent record region register relative related reload "
    "reply report reset resource responsive result right road row save screenshot script scroll search "
    "section select separator series service setting shadow share shop show sidebar sign site size "
    "slide slider small social sort source spread stage standard star start static sticky story strap "
    "style subhead subject submit subscribe subtitle suggest summary support switch tab table tag tags "
    "target team template text theme thread thumb thumbnail time timeline title toggle toolbar tooltip "
    "top topic track trade trending trigger upload urban user video view vintage visible visited vote "
    "warning weather week widget width window wrap wrapper year"
).split()
_STEM = 5  # characters that begin few words but those of one meaning
_ENDINGS = frozenset({"s", "er", "ers", "ed", "ing", "es", "list", "bar"})


def words_with(value: str, operator: str) -> Iterator[str]:
    """The words, other than itself, in which an attribute condition finds a value.

    Args:
        value: as the selector has it: `ad`; `-ad`, `ad_` and `Ad` are found at one end of words.
        operator: `*=`, `^=` or `$=`; others compare whole values or words, and find it in none.
    """
    core = value.strip("-_").lower()
    if operator not in {"*=", "^=", "$="} or not core.isascii() or not core.isalpha():
        return
    begins = operator == "^=" or value[:1] in "-_" or (value[:1].isupper() and not value.isupper())
    ends = operator == "$=" or value[-1:] in "-_"
    if begins and ends:  # a whole word
        return
    for word in _WORDS:
        if word != core and not _is_its_form(word, core) and _found(word, core, begins=begins, ends=ends):
            yield word


def _found(word: str, core: str, *, begins: bool, ends: bool) -> bool:
    if begins:
        return word.startswith(core)
    return word.endswith(core) if ends else core in word


def _is_its_form(word: str, core: str) -> bool:
    """Whether the value is the word's stem: who writes it means the word, too."""
    if not word.startswith(core):
        return False
    return len(core) >= _STEM or (len(core) == _STEM - 1 and word.removeprefix(core) in _ENDINGS)
