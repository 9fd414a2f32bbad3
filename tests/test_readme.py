"""The READMEs: their examples run as they stand, and they name every setting."""

import re
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.settings import Settings
from tests.commands import PROJECT, Command, fresh_copy

READMES = ("README.md", "README.zh-CN.md")
"""Settings that only tests and the command line set."""


def commands_of(readme: str) -> list[list[str]]:
    """The words of each command in the fenced bash blocks, comments left out."""
    text = (PROJECT / readme).read_text(encoding="utf-8")
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def examples(verb: str) -> list[list[str]]:
    return [words for words in commands_of(READMES[0]) if words[:4] == ["python", "-m", "assistant", verb]]


@pytest.fixture
def folder(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like the project's, with a short set of questions and an index."""
    (tmp_path / "corpus").symlink_to(PROJECT / "corpus", target_is_directory=True)
    (tmp_path / "tests" / "cases").mkdir(parents=True)
    questions = (PROJECT / "tests" / "cases" / "policies.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "tests" / "cases" / "policies.jsonl").write_text("\n".join(questions[:4]), encoding="utf-8")
    fresh_copy(data_folder, tmp_path / ".data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "verb", ["ingest", "ask", "lookup", "check", "compare", "evaluate", "feedback", "doctor"]
)
def test_the_examples_run_in_their_order(verb: str, command: Command) -> None:
    lines = examples(verb)
    assert lines
    for words in lines:
        ran = command(*words[3:])
        assert ran.status == 0, ran.err
        assert ran.out


def test_serve_takes_what_the_example_gives(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    page = SimpleNamespace(main=lambda arguments: given.append(arguments) or 0)
    monkeypatch.setitem(sys.modules, "app", page)
    for words in examples("serve"):
        assert command(*words[3:]).status == 0
    assert given == [["--port", "7860"]]


def test_every_other_command_is_a_make_target_or_sets_an_encoder() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    others = [words for words in commands_of(READMES[0]) if words[:3] != ["python", "-m", "assistant"]]
    for words in others:
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE)
        else:
            setting, _, value = words[0].partition("=")
            assert (setting, bool(value)) == ("POLICY_ENCODER", True)
            assert words[1:] == ["python", "-m", "assistant", "ingest"]


def test_each_verb_has_an_example(command: Command, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command("--help")
    verbs = re.findall(r"^    (\w+)", capfd.readouterr().out, re.MULTILINE)
    assert {"ingest", "ask", "lookup", "evaluate", "serve"} <= set(verbs) - {"COMMAND"}
    assert all(examples(verb) for verb in verbs if verb != "COMMAND")


def test_both_languages_give_the_same_commands() -> None:
    assert commands_of(READMES[0]) == commands_of(READMES[1])


@pytest.mark.parametrize("readme", READMES)
def test_the_table_names_the_settings(readme: str) -> None:
    rows = re.findall(r"^\| (`POLICY_.*?) \|", (PROJECT / readme).read_text(encoding="utf-8"), re.MULTILINE)
    named = {name.lower() for row in rows for name in re.findall(r"POLICY_(\w+)", row)}
    assert named == set(Settings.model_fields)


@pytest.mark.parametrize("readme", READMES)
def test_links_lead_somewhere(readme: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (PROJECT / readme).read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert link.startswith("http") or (PROJECT / link).exists(), link
