from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import SettingsError
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_defaults_bind_this_machine_only_and_live_in_the_home_folder() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.home == Path("~/.zhili").expanduser()
    assert settings.router is None
    assert settings.region == ""


def test_home_moves_every_file_and_is_not_created(tmp_path: Path) -> None:
    home = tmp_path / "elsewhere"
    settings = Settings.from_environment({"ZHILI_HOME": str(home)})
    assert settings.corpus_path == home / "corpus.sqlite3"
    assert settings.index_path == home / "index"
    assert not home.exists()


def test_an_empty_variable_keeps_the_default() -> None:
    assert Settings.from_environment({"ZHILI_PORT": " ", "ZHILI_HOME": ""}) == Settings.from_environment({})


@pytest.mark.parametrize("value", ["x", "-1", "65536", "7860.0", "１２", "9" * 30])
def test_a_bad_port_says_what_it_should_be(value: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({"ZHILI_PORT": value})
    assert "ZHILI_PORT" in str(error.value)
    assert error.value.expected == "0 到 65535 的整数"
    assert error.value.found == value
    assert "ZHILI_PORT" in error.value.remedy


def test_a_home_of_an_unknown_user_is_refused() -> None:
    with pytest.raises(SettingsError, match="ZHILI_HOME"):
        Settings.from_environment({"ZHILI_HOME": "~no-such-user-here/x"})


def test_every_variable_stands_on_the_page() -> None:
    import re

    used = set(re.findall(r"ZHILI_[A-Z_]+", (ROOT / "service" / "settings.py").read_text("utf-8")))
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert used
    assert not [name for name in used if f"`{name}`" not in page]
