"""Components put words, names and states where assistive technology and keys find them."""

import pytest
from django.template import engines
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler


def rendered(source, **context):
    with translation.override("en"):
        return engines["django"].from_string(CottonCompiler().process(source)).render(context)


def test_a_button_with_a_key_can_be_pressed_by_it():
    button = rendered('<c-button key="A">Accept</c-button>')

    assert 'data-key="a" aria-keyshortcuts="A"' in button
    assert '<kbd class="key" aria-hidden="true">A</kbd>' in button


def test_a_button_with_an_address_is_a_link():
    assert rendered('<c-button href="/customers/">Open</c-button>').strip().startswith('<a href="/customers/"')


def test_an_icon_alone_has_a_name():
    assert 'aria-label="More"' in rendered('<c-button icon="ellipsis" label="More" />')


def test_a_busy_button_carries_its_words_from_the_start():
    assert '<span class="busy-label">Saving</span>' in rendered('<c-button busy="Saving">Save</c-button>')


def test_other_attributes_pass_through():
    assert 'hx-post="/x/"' in rendered('<c-button hx-post="/x/">Save</c-button>')


def test_names_that_people_wrote_are_escaped():
    drawn = rendered('<c-row-check value="1" :label="name" /><c-avatar :name="name" />', name="<i>Aoba</i>")

    assert "<i>" not in drawn
    assert "&lt;i&gt;Aoba" in drawn


@pytest.mark.parametrize(
    ("score", "words"),
    [(10, "Promoter"), (9, "Promoter"), (8, "Passive"), (7, "Passive"), (6, "Detractor"), (0, "Detractor")],
)
def test_an_nps_score_is_said_in_words(score, words):
    assert words in rendered('<c-nps :score="score" />', score=score)


@pytest.mark.parametrize(
    "component", ['<c-nps :score="none" />', '<c-health :score="none" />', '<c-meter :percent="none" />']
)
def test_an_unknown_score_is_a_dash(component):
    assert "<i class=unknown>—</i>" in rendered(component, none=None)


@pytest.mark.parametrize(
    ("percent", "tone"),
    [(84.4, "84"), (85, "85 is-warn"), (99.4, "99 is-warn"), (100, "100 is-neg"), (130, "100 is-neg")],
)
def test_a_meter_warns_near_its_limit(percent, tone):
    assert f'<i class="meter at-{tone}">' in rendered('<c-meter :percent="percent" />', percent=percent)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("clear", "OK to offer"),
        ("unhappy", "Unhappy"),
        ("open_case", "Open case"),
        ("recent", "Asked recently"),
        ("no_need", "No known need"),
        ("opted_out", "Opted out"),
        ("other", "Not now"),
    ],
)
def test_a_guard_badge_names_its_rule(state, words):
    assert words in rendered('<c-badge-guard :state="state" />', state=state)


def test_a_guard_badge_takes_its_own_words():
    assert "2 open cases" in rendered('<c-badge-guard state="open_case" words="2 open cases" />')


@pytest.mark.parametrize(
    ("name", "initials", "letter"),
    [
        ("青葉メディカル株式会社", "青", "青"),
        ("株式会社東雲物流", "東", "東"),
        ("㈱みなと設計", "み", "み"),
        ("Misaki Takahashi", "MT", "M"),
        ("高橋 美咲", "高", "高"),
    ],
)
def test_an_avatar_skips_the_form_of_company(name, initials, letter):
    person = rendered('<c-avatar :name="name" person />', name=name)
    company = rendered('<c-avatar :name="name" />', name=name)

    assert f">{initials}</i>" in person
    assert f">{letter}</i>" in company


def test_an_avatar_keeps_its_tint():
    assert rendered('<c-avatar name="A" :key="7" />') == rendered('<c-avatar name="A" :key="7" />')
    assert "tint-2" in rendered('<c-avatar name="A" :key="7" />')


def test_an_empty_state_shows_its_next_step():
    drawn = rendered('<c-empty title="Nothing here">Start with a list.</c-empty>')

    assert '<p class="empty-title">Nothing here</p>' in drawn
    assert '<p class="empty-next">Start with a list.</p>' in drawn


def test_a_removed_line_says_so_without_colour():
    assert '<span class="visually-hidden">Removed: </span>' in rendered('<c-diff-line change="removed">x</c-diff-line>')


def test_what_is_kept_is_drawn_once_for_each_language_and_value():
    page = engines["django"].from_string("{% load ui %}{% kept size %}{{ size }} {{ words }}{% endkept %}")

    def drawn(language, size, words):
        with translation.override(language):
            return page.render({"size": size, "words": words})

    assert drawn("en", 1, "first") == drawn("en", 1, "second") == "1 first"
    assert (drawn("en", 2, "second"), drawn("ja", 1, "三")) == ("2 second", "1 三")
