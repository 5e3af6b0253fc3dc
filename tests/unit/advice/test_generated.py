"""Names that a build or a server made up, and names that only look so."""

import pytest

from filterproxy.advice.generated import lasting_part

MADE_UP = {
    "css-1q2w3e": "",
    "css-kxn0gd-Box": "",
    "sc-bdVaJa": "",
    "sc-htpNat": "",
    "sc-1a2b3c4d-0": "",
    "kDmPTA": "",
    "gFxZcv": "",
    "jsx-123456": "",
    "jss123": "",
    "makeStyles-root-12": "",
    "svelte-1a2b3c": "",
    "data-v-1a2b3c4d": "",
    "_ngcontent-abc-c12": "",
    "index_ad__3kLmN": "index_ad__",
    "style_sideBar__Q7w_x": None,  # a digest with a sign that is none of theirs: passed over
    "style_ad__a1B2c": "style_ad__",
    "title--3kLmN": "title--",
    "topAd_box-XK9imlAL": "topAd_box-",
    "common-width_3aYkX": "common-width_",
    "_ad_1x2y3_12": "_ad_",
    "Layout__Main-sc-1x2y3z4-0": "Layout__Main-",
    "div-gpt-ad-1420000000000-0": "div-gpt-ad-",
    "post-3f2504e0-4f89-11d3-9a0c-0305e82c3301": "post-",
    "slot_1b3f9c2e8a": "slot_",
    "8d3f9c2e8a77b1c0": "",
}
GIVEN = """
    猜你喜欢 广告位_3 广告__左 post_body news__title gg300x250 ad-300x250 xwtj cnxh js-xwtj JS_BLOCK_LOG_FE
    ep-title-2 block__element card__Image news__h1title sc-content css-layout item12 newsTJ ADBox
    bodyText topRightAd_3 mod_ad_r at_item dale_group_topic ad-float__close btn--primary btn--large2
    sidebar__bodyText u-col2 web20100115 div_20120301 t20130405_1234 p2p iPhone YouTube hotWordBox
    left1 w640h90 mp4player ead_ad_15 mt12 epContentRight rc-widget ad728x90 markup--h4-em bottom-
    bar__post-2 c-crop--ratio-3x2 image--16by9 PDPS000000000001 stat_icon_1000000001
""".split()


@pytest.mark.parametrize(("name", "part"), MADE_UP.items())
def test_a_made_up_name_and_what_of_it_lasts(name: str, part: str | None) -> None:
    assert lasting_part(name) == part


@pytest.mark.parametrize("name", GIVEN)
def test_names_that_people_gave(name: str) -> None:
    assert lasting_part(name) is None
