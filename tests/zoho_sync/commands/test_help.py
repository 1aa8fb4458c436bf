from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

import zoho_sync.management.commands as commands

OURS = sorted(path.stem for path in Path(commands.__path__[0]).glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_command_explains_itself_in_both_languages(name, language, capsys, settings):
    from django.utils import translation

    assert get_commands()[name] == "zoho_sync"
    with translation.override(language), pytest.raises(SystemExit) as ended:
        call_command(name, "--help", stdout=StringIO())
    assert ended.value.code == 0
    assert f" {name} " in capsys.readouterr().out
