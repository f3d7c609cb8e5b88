"""Keys set in a settings file that a person wrote: nothing of theirs is lost, whatever form it has."""

import tomllib

import pytest
from ayllu.config import set_keys
from ayllu.errors import ConfigError

FILES = {
    "empty": "",
    "a comment alone": "# mine",
    "no final newline": 'collection = "c"',
    "keys and tables": '# mine\ncollection = "c"  # here\n\n[models]  # models\nstyle = "span"\n\n# the end\n',
    "a table first": '[models]\nstyle = "span"',
    "an inline table": 'backends.ollama = { url = "http://x", timeout_s = 3 }  # mine\n',
    "an inline table of tables": 'backends = { ollama = { model = "old" }, tgi = { url = "http://t" } }\n',
    "an empty inline table": "backends = {}\n",
    "dotted keys": 'backends.ollama.model = "old"\nbackends.tgi.url = "http://t"\nmodels.style = "span"\n',
    "quoted keys": '"backend" = "old"\n["backends"."ollama"]\n"model" = "old"\n[backends."my.server"]\nkind = "tgi"\n',
    "windows line ends": '# mine\r\nbackend = "old"\r\n\r\n[models]\r\nstyle = "span"\r\n',
    "tables out of order": '[backends.ollama]\nmodel = "old"\n[models]\nstyle = "span"\n[backends.tgi]\nurl = "http://t"\n',
    "a header without keys": "[backends]\n[backends.ollama]\n",
    "dotted keys below a header": '[backends]\nollama.model = "old"\nollama.url = "http://x"\ntgi.url = "http://t"\n',
    "long strings": 'collection = """\n[backends.ollama]\nmodel = "no key"\n"""\n'
    "[agents]\nteam = '''\nbackend = \"x\"'''\n",
    "brackets and hashes": 'collection = "[backends.ollama] # no comment"\n'
    '[backends.fallback]\norder = [ # mine\n  "tgi",\n  "llamacpp", # last\n]\n',
    "spaces everywhere": '  backend   =   "old"\n\n  [ backends . ollama ]  \n\n   model="old"\n',
}
CHANGES = [
    {"backend": "ollama"},
    {"backend": "ollama", "backends": {"ollama": {"url": "http://127.0.0.1:11434/v1", "model": 'a "quoted" name # 1'}}},
    {"models": {"chat": "llama-3.2-1b-instruct"}},
    {"backends": {"fallback": {"order": ["ollama", "llamacpp"]}, "ollama": {"tools": False, "timeout_s": 5.5}}},
]


def merged(before: dict, values: dict) -> dict:
    both = dict(before)
    for key, value in values.items():
        both[key] = merged(before.get(key, {}), value) if isinstance(value, dict) else value
    return both


def comments(text: str) -> list[str]:
    return [word for word in ("# mine", "# here", "# models", "# the end", "# last", "# no comment") if word in text]


@pytest.mark.parametrize("values", CHANGES)
@pytest.mark.parametrize("name", FILES)
def test_the_keys_are_set_and_nothing_else_is_changed(name: str, values: dict) -> None:
    before = FILES[name]
    after = set_keys(before, values)
    assert tomllib.loads(after) == merged(tomllib.loads(before), values)
    kept = comments(before)
    if "order = [ # mine" in before and "fallback" in values.get("backends", {}):  # those within the value that was replaced
        kept = [comment for comment in kept if comment not in ("# mine", "# last")]
    assert comments(after) == kept
    assert set_keys(after, values) == after


def test_line_ends_stay_those_of_the_file() -> None:
    after = set_keys(FILES["windows line ends"], {"backends": {"ollama": {"model": "m"}}, "collection": "c"})
    assert "\n" not in after.replace("\r\n", "")


def test_a_key_that_is_set_is_replaced_where_it_stands() -> None:
    before = '# who answers\nbackend = "old"  # for now\ncollection = "c"\n'
    assert set_keys(before, {"backend": "new"}) == before.replace("old", "new")


def test_a_new_file_reads_as_one_writes_it_by_hand() -> None:
    values = {"backend": "ollama", "backends": {"ollama": {"model": "m"}}}
    assert set_keys("", values) == 'backend = "ollama"\n\n[backends.ollama]\nmodel = "m"\n'


@pytest.mark.parametrize(
    ("before", "values"),
    [
        ("backends = 5", {"backends": {"ollama": {"model": "m"}}}),
        ("[[backends]]\nname = 'x'", {"backends": {"ollama": {"model": "m"}}}),
        ("not = toml = at all", {"backend": "x"}),
        ("[backend]\nx = 1", {"backend": "x"}),
    ],
)
def test_what_cannot_be_set_without_loss_is_refused(before: str, values: dict) -> None:
    with pytest.raises(ConfigError, match="cannot be added to safely"):
        set_keys(before, values)
