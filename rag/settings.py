"""The settings: one table, one frozen dataclass, read once by an entry point and passed down."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from rag.errors import SettingsError

PREFIX = "RAG_"


def _setting(
    default: object,
    help_text: str,
    *,
    least: float | None = None,
    most: float | None = None,
    among: tuple[str, ...] = (),
) -> Any:  # noqa: ANN401 - a dataclass field of any type
    metadata = {"help": help_text, "least": least, "most": most, "among": among}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, its default and its help; the environment overrides with `RAG_<NAME>`."""

    workspace: Path = _setting(
        Path(".pagelight"), "Folder that holds the index; made when first needed."
    )
    chroma_url: str = _setting(
        "",
        "Chroma server that keeps the vectors, as http://127.0.0.1:8000; nothing: they lie in the "
        "workspace.",
    )
    database_url: str = _setting(
        "",
        "PostgreSQL that servers on several machines share, as "
        "postgresql://NAME:PASSWORD@HOST:5432/DATABASE; needs pip install 'pagelight[postgres]'. "
        "Nothing: the workspace keeps all.",
    )
    assets_url: str = _setting(
        "",
        "Where the pictures of documents are kept for all machines that read this index, as "
        "s3://bucket/pictures; nothing: they lie in the workspace alone.",
    )
    assets_mb: int = _setting(
        5000,
        "Most that pictures which RAG_ASSETS_URL keeps take on this disk, in megabytes; those that "
        "were not looked at for longest go first, and are fetched again.",
        least=0,
    )
    host: str = _setting("127.0.0.1", "Address that the chat listens on.")
    port: int = _setting(
        7860,
        "Port that the chat listens on; where it is taken, one of the next ten.",
        least=0,
        most=65535,
    )
    password: str = _setting(
        "",
        "Password of the chat, or better its hash (`pagelight user hash`); in place of the token.",
    )
    token: bool = _setting(
        True,
        "Ask for the token that the chat prints with its address, where there is neither "
        "RAG_PASSWORD nor RAG_USERS; 0: every account of this machine may read, ask and change.",
    )
    users: str = _setting(
        "", "File of the people who may sign in, and what each may see; made by `pagelight user`."
    )
    folders: str = _setting(
        "",
        "Folders, divided by commas: they, and what lies in them, may be watched beside the "
        "documents by who administers; without RAG_USERS and RAG_PASSWORD, any may be.",
    )
    oidc_issuer: str = _setting(
        "",
        "OpenID provider that people may sign in with, as https://id.example; RAG_USERS says what "
        "each may see.",
    )
    oidc_client: str = _setting("", "Name that the OpenID provider knows this Pagelight by.")
    oidc_secret: str = _setting("", "Secret that goes with that name; sent to the provider alone.")
    oidc_claim: str = _setting(
        "preferred_username",
        "What of the provider's words is a person's name in RAG_USERS, as email or sub.",
    )
    trusted_proxies: str = _setting(
        "",
        "Addresses or networks, divided by commas, of proxies whose X-Forwarded-Host, -Proto and "
        "-For are believed.",
    )
    questions_at_once: int = _setting(
        4,
        "Questions that are answered at the same time, of all people together; the others see what "
        "is found, and wait.",
        least=1,
    )
    questions_an_hour: int = _setting(
        0, "Questions that one person may ask within an hour; 0: as many as they like.", least=0
    )
    uploads_mb_a_day: int = _setting(
        0, "Megabytes of files that one person may send within a day; 0: no limit.", least=0
    )
    uploads_mb: int = _setting(
        300,
        "Most that the files which one person uploads to ask with take on disk, in megabytes; the "
        "oldest go first.",
        least=31,
    )
    attachments_mb: int = _setting(
        2000,
        "Most that the files which came with questions take on disk, in megabytes, of all people; "
        "those that no kept conversation holds go first.",
        least=1,
    )
    profile: str = _setting(
        "auto",
        "Which models run: embedded, local, gpu, endpoint, or auto: the best that are on disk and "
        "fit the machine. A setting that names a model wins.",
    )
    device: str = _setting(
        "auto",
        "Where the text in pictures is read: cpu, cuda, or auto: on an NVIDIA GPU where one can "
        "be used.",
        among=("auto", "cpu", "cuda"),
    )
    models: Path = _setting(
        Path("~/.local/share/pagelight/models"), "Folder of the models that were fetched."
    )
    embedded_models: str = _setting(
        "on",
        "on: the models of the set-up, which write and hear, are fetched once in the background "
        "(1.3 GB) and used; off: neither. They lie in ~/.cache/pagelight, or PAGELIGHT_MODELS.",
        among=("on", "off"),
    )
    image_model: str = _setting(
        "", "What sees pictures: file: and a folder that open_clip saved; nothing: the profile's."
    )
    text_model: str = _setting(
        "",
        "What finds text by meaning: file: and a folder that sentence-transformers saved; nothing: "
        "the profile's.",
    )
    reranker: str = _setting(
        "",
        "What orders what was found: file: and the folder of a cross-encoder; nothing: the "
        "profile's.",
    )
    top_k: int = _setting(20, "Hits that retrieval hands on.", least=1)
    context_tokens: int = _setting(
        3000, "Tokens of sources that a quoted answer may use.", least=200
    )
    reading_tokens: int = _setting(
        6000, "Tokens of sources that a model that writes is given to read.", least=200
    )
    generator: str = _setting(
        "",
        "Who writes answers: file:FOLDER of a model, openvino:FOLDER of one in OpenVINO's form,"
        " gguf:FILE of one as llama.cpp has it, an address (http://127.0.0.1:8000/v1),"
        " or nothing: the model of the set-up.",
    )
    generator_model: str = _setting("", "Name of the server's model; empty: its only one.")
    generator_key: str = _setting("", "Key that the server asks for; sent to nobody else.")
    writers: str = _setting(
        "",
        "Further models that write answers, which a conversation may choose: NAME=file:/FOLDER or "
        "NAME=ADDRESS, divided by commas; those that were fetched may be chosen, too.",
    )
    answer_tokens: int = _setting(512, "Most tokens that a written answer takes.", least=1)
    picture_tokens: int = _setting(
        4000,
        "Tokens that the pictures of a prompt, figures and whole pages, may take together; 0: none "
        "is shown.",
        least=0,
    )
    answer_threshold: float = _setting(
        -1.0,
        "Chance that the documents hold an answer, under which none is given; negative: the "
        "profile's own.",
        least=-1,
    )
    ocr: bool = _setting(True, "Read the text in pictures and scanned pages.")
    describe: bool = _setting(
        False, "After reading, describe each figure with the model that writes; slow without a GPU."
    )
    transcriber: str = _setting(
        "",
        "Who hears what is said in recordings: a model that `pagelight models` "
        "lists, file:FOLDER of a Whisper-like one, an address (http://127.0.0.1:8000/v1), or "
        "nothing: the model of the set-up.",
    )
    transcriber_model: str = _setting("whisper-1", "Name of the hearing server's model.")
    transcriber_key: str = _setting(
        "", "Key that the hearing server asks for; sent to nobody else."
    )
    ocr_min_score: float = _setting(
        0.9, "Mean score under which OCR text is taken for noise and left out.", least=0
    )
    file_seconds: float = _setting(120.0, "Seconds that parsing one file may take.", least=1)
    file_mb: int = _setting(500, "Largest file that is read, in megabytes.", least=1)
    recording_mb: int = _setting(4000, "Largest recording that is read, in megabytes.", least=1)
    recording_hours: float = _setting(
        6.0, "Hours that are read of a recording; of a longer one, the first.", least=0.01
    )
    workers: int = _setting(
        0,
        "Most processes that parse files, and most that read text in pictures, at a time; 0: as "
        "many as cores and memory allow.",
        least=0,
    )
    file_memory_mb: int = _setting(3000, "Memory that parsing one file may take.", least=200)
    unpacked_mb: int = _setting(300, "Most that a zipped file (Office) may unpack to.", least=1)
    fetched_mb: int = _setting(
        5000,
        "Most that files fetched from an address (s3://…) take on disk once they are read, in "
        "megabytes; pages of others are fetched when they are looked at.",
        least=0,
    )
    archive_mb: int = _setting(
        2000,
        "Most that an archive (zip, tar, mailbox) may unpack to, all levels together.",
        least=1,
    )
    archive_members: int = _setting(
        10_000, "Most files that an archive or mail may hold, all levels together.", least=1
    )
    archive_levels: int = _setting(4, "How deep archives and mails may lie in each other.", least=1)
    page_limit: int = _setting(5000, "Most pages that are read of one file.", least=1)
    image_megapixels: int = _setting(100, "Largest picture that is decoded.", least=1)

    @property
    def asks_token(self) -> bool:
        """Whether the chat asks for its token: where accounts are on, they hold."""
        return self.token and not self.users and not self.password


FOR_READING: Final = (
    *("device", "ocr", "ocr_min_score", "file_seconds", "file_mb", "file_memory_mb"),
    *("recording_mb", "recording_hours", "unpacked_mb", "page_limit", "image_megapixels"),
    *("archive_mb", "archive_members", "archive_levels"),
)


def for_reading(settings: Settings) -> Settings:
    """Return the settings for who opens files of strangers: what reading needs, the rest unset."""
    return Settings(**{name: getattr(settings, name) for name in FOR_READING})


def load_settings(environment: Mapping[str, str], **overrides: object) -> Settings:
    """Read `RAG_*` of `environment`; `overrides` (None: not given) win.

    Raises SettingsError for a name that does not exist (with the nearest that does) and for a
    value that can't be used.
    """
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, object] = {}
    for variable, raw in environment.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in known:
            raise SettingsError(f"There is no setting {variable}.", hint=_nearest(name, known))
        values[name] = _parse(variable, raw, type(known[name].default))
    values |= {name: value for name, value in overrides.items() if value is not None}
    for name, value in values.items():
        _check(name, value, **known[name].metadata)
    return Settings(**values)  # type: ignore[arg-type]  # each was parsed by its field's type


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {PREFIX}{near[0].upper()}?"
    return "docs/reference/settings.md lists them."


def _parse(variable: str, raw: str, kind: type) -> object:
    if kind is bool:
        return _parse_bool(variable, raw)
    if issubclass(kind, Path):
        return Path(raw)
    convert: Callable[[str], object] = kind
    try:
        return convert(raw)
    except ValueError as error:
        raise SettingsError(f"{variable}={raw!r} is not of type {kind.__name__}.") from error


def _parse_bool(variable: str, raw: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if raw.lower() not in words:
        raise SettingsError(f"{variable}={raw!r}: say 1 or 0.")
    return words[raw.lower()]


def _check(
    name: str,
    value: object,
    *,
    least: float | None,
    most: float | None,
    among: tuple[str, ...],
    **_: object,
) -> None:
    if among and value not in among:
        raise SettingsError(f"{PREFIX}{name.upper()} is {value!r}; it may be {', '.join(among)}.")
    if least is not None and isinstance(value, int | float) and value < least:
        raise SettingsError(f"{PREFIX}{name.upper()} is {value}; it must be at least {least}.")
    if most is not None and isinstance(value, int | float) and value > most:
        raise SettingsError(f"{PREFIX}{name.upper()} is {value}; it must be at most {most}.")
