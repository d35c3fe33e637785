"""Whether any law governs: the four outcomes, the sound of a text, and files that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legal_corpus.values import NATIONWIDE
from retrieval.sufficiency import Observed
from service.answers import NO_BASIS, NOT_IN_DIGEST, NOTHING_TO_JUDGE
from service.assistant import Assistant
from service.errors import ScopeError
from service.scope import DIGEST, FULL, SPOKEN, Basis, ScopeModel, basis_of, load_scopes, shipped
from service.scope_signals import HEARD, Ear, load_cues, load_ear, of_sound, of_triage, runs
from service.settings import Settings
from triage.values import Complaint, LabelScore

NO_EAR = Ear({}, 0.0)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return Assistant.open(Settings(home=tmp_path_factory.mktemp("home")))


def judged(assistant: Assistant, text: str, model: ScopeModel | None = None) -> Basis:
    triage = assistant.desk.handle(Complaint(text=text))
    observed = assistant.references.observed(triage.masked.text, as_of=assistant.today(), region=NATIONWIDE)
    return basis_of(triage, observed, model)


@pytest.mark.parametrize(
    "text",
    [
        "单位拖欠我三个月工资不给，也没有签劳动合同，我可以要求公司支付工资和双倍工资差额吗",
        "物业公司把小区电梯广告收入据为己有，从不公布账目，业主能要求公开并返还吗",
        "房东不退押金怎么办",
        "楼下烧烤店油烟太大",
        "感谢上次帮忙，但是拖欠的工资到现在还没发",
    ],
)
def test_what_law_governs_is_found(assistant: Assistant, text: str) -> None:
    assert judged(assistant, text) is Basis.FOUND


@pytest.mark.parametrize(
    "text",
    [
        "红烧肉要炖多久才软烂",
        "给我讲一个笑话吧",
        "感冒嗓子疼吃什么水果好",
        "今天的晚霞真漂亮，心情也跟着好起来",
        "希望公园里再种一些樱花树",
        "路修好了，谢谢你们，走起来舒服多了",
    ],
)
def test_what_no_law_governs_is_not(assistant: Assistant, text: str) -> None:
    assert judged(assistant, text) in (Basis.NONE, Basis.PRAISE)


def test_each_outcome_is_said_in_its_own_words(assistant: Assistant) -> None:
    answer = assistant.ask("红烧肉要炖多久才软烂")
    assert not answer.sufficient and answer.message.startswith(NO_BASIS) and "最接近的是《" in answer.message
    thanked = assistant.handle(Complaint(text="特来表扬窗口的小王，服务态度好，办事快，谢谢他，送上锦旗。"))
    assert {NOTHING_TO_JUDGE} & set(thanked.notes) or any(NO_BASIS in note for note in thanked.notes)
    assert not thanked.citations and thanked.department, "praise has a route all the same"


def test_the_digest_alone_may_lack_what_the_law_holds(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a threshold that nothing in the digest reaches, rights are not said to have no law."""
    shy = replace(load_scopes()[DIGEST], threshold=1e9)
    model = ScopeModel({**load_scopes(), DIGEST: shy}, load_ear())
    assert judged(assistant, "公司拖欠工资不签合同怎么办", model) is Basis.NOT_HELD
    assert judged(assistant, "红烧肉要炖多久才软烂", model) is Basis.NONE
    monkeypatch.setattr("service.assistant.basis_of", lambda *_: Basis.NOT_HELD)
    answer = assistant.ask("公司拖欠工资不签合同怎么办")
    assert not answer.sufficient and answer.message == NOT_IN_DIGEST and not answer.articles


def test_the_full_law_lacks_nothing(assistant: Assistant) -> None:
    triage = assistant.desk.handle(Complaint(text="公司拖欠工资不签合同怎么办"))
    observed = assistant.references.observed(triage.masked.text, as_of=assistant.today(), region=NATIONWIDE)
    assert observed is not None
    shy = replace(load_scopes()[FULL], threshold=1e9)
    model = ScopeModel({**load_scopes(), FULL: shy}, load_ear())
    assert basis_of(triage, replace(observed, full=True), model) is Basis.NONE


def test_without_vectors_nothing_is_refused_and_without_words_everything(assistant: Assistant) -> None:
    triage = assistant.desk.handle(Complaint(text="给我讲一个笑话吧"))
    triage = replace(triage, prediction=replace(triage.prediction, kind=()))
    assert basis_of(triage, None) is Basis.FOUND
    assert basis_of(triage, Observed({})) is Basis.NONE
    praised = replace(triage.prediction, kind=(LabelScore("表扬", 0.9),))
    assert basis_of(replace(triage, prediction=praised), None) is Basis.PRAISE


def test_the_models_name_signals_that_there_are(assistant: Assistant) -> None:
    triage = assistant.desk.handle(Complaint(text="房东不退押金怎么办"))
    observed = assistant.references.observed(triage.masked.text, as_of=assistant.today(), region=NATIONWIDE)
    assert observed is not None
    spoken = of_triage(triage) | of_sound(triage.masked.text, load_ear())
    scopes = shipped().scopes
    for name in (DIGEST, FULL):
        assert set(scopes[name].signals) <= set(spoken) | set(observed.values)
        assert abs(scopes[name].odds({**spoken, **observed.values})) < 50
    assert set(scopes[SPOKEN].signals) <= set(spoken)


def test_cues_hear_thanks_and_its_turn() -> None:
    alone, turned = of_sound("谢谢师傅，灯亮了", NO_EAR), of_sound("谢谢师傅，可是灯还没亮", NO_EAR)
    assert (alone["cue_thanks"], alone["only_thanks"]) == (1, 1)
    assert (turned["cue_thanks"], turned["only_thanks"]) == (1, 0)
    assert turned["cue_turn"] > 0 == alone["cue_turn"]
    assert of_sound("骗骗骗骗骗骗", NO_EAR)["cue_grief"] == 3
    assert of_sound("好" * HEARD + "谢谢", NO_EAR)["cue_thanks"] == 0, "only the beginning is heard"


def test_the_ear_adds_what_it_knows() -> None:
    ear = Ear({"工资": 2.0, "花": -1.0}, 0.5)
    assert ear.hears("") == 0.5
    assert ear.hears("工资") == pytest.approx(0.5 + 2 / 3**0.5)
    assert ear.hears("花") == pytest.approx(-0.5)
    assert runs("花\n开") == {"花", "，", "开", "花，", "，开"}


@given(st.text(max_size=300))
def test_any_text_has_a_sound(text: str) -> None:
    found = of_sound(text, load_ear())
    assert set(found) == set(of_sound("", NO_EAR))
    assert all(value == value and abs(value) < 100 for value in found.values())


@pytest.mark.parametrize(
    ("load", "text"),
    [
        (load_scopes, "[model.digest]\nintercept = 1.0\n"),
        (load_scopes, "not toml"),
        (load_cues, '[cue]\nthanks = ["("]\n'),
        (load_ear, '{"weights": []}'),
        (load_ear, "{"),
    ],
)
def test_a_damaged_file_says_what_to_do(tmp_path: Path, load: Callable[[Path], object], text: str) -> None:
    path = tmp_path / "damaged"
    path.write_text(text, "utf-8")
    with pytest.raises(ScopeError, match=r"无法读取 damaged.*应为.*实际.*请"):
        load(path)
