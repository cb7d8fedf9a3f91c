"""Finds what should not stand in plain text: by the key it stands under, by the form of a token, or by what a text says of itself."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.accessor import Inputs, Path, unknown

TOKENS: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bhf_[A-Za-z0-9]{20,}"
    r"|\bA[KS]IA[0-9A-Z]{16}\b|\bxox[abeprs]-[A-Za-z0-9-]{10,}|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|\bnvapi-[A-Za-z0-9_-]{20,}"
    r"|\bsk-[A-Za-z0-9_-]{20,}|\bglpat-[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{30,}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|\bnpm_[A-Za-z0-9]{30,}|\bdckr_pat_[A-Za-z0-9_-]{20,}|\bpypi-[A-Za-z0-9_-]{30,}|\bdop_v1_[a-f0-9]{40,}|\bhvs\.[A-Za-z0-9_-]{20,}"
    r"|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\bshpat_[a-f0-9]{20,}|\bpul-[a-f0-9]{30,}|\bglsa_[A-Za-z0-9_]{20,}"
    r"|hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/\w{16,}|discord(?:app)?\.com/api/webhooks/[0-9]{16,}/[\w-]{30,}"
    r"|webhook\.office\.com/webhookb2/[\w@-]{30,}|\bgl(?:rt|ptt|dt|ft|soat|cbt)-[A-Za-z0-9_-]{16,}|\bdapi[a-f0-9]{32}|\blin_api_[A-Za-z0-9]{32,}"
    r"|\bkey-[a-f0-9]{32}\b|\bwandb_[A-Za-z0-9_]{32,}|\br8_[A-Za-z0-9]{32,}|\bgsk_[A-Za-z0-9]{40,}"
    r"|\.atlasv1\.[A-Za-z0-9_-]{40,}|\bNRAK-[A-Z0-9]{24,}|AccountKey=[A-Za-z0-9+/]{40,}|\bAT[AC]TT3x[A-Za-z0-9_=-]{40,}"
    r"|\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9]{32,}|AGE-SECRET-KEY-1[A-Z0-9]{40,}|\bsq0(?:atp|csp)-[A-Za-z0-9_-]{20,}"
    r"|\bsntry[su]_[A-Za-z0-9_=/+-]{40,}|\bPMAK-[a-f0-9]{24}-[a-f0-9]{30,}|\bSK[a-f0-9]{32}\b|\bshp(?:ca|pa|ss)_[a-f0-9]{20,}"
    r"|\bEAAC[A-Za-z0-9]{40,}|\bya29\.[A-Za-z0-9_-]{30,}|\bsbp_[a-f0-9]{32,}|\bfigd_[A-Za-z0-9_-]{30,}|\btskey-[A-Za-z0-9-]{20,}"
    r"|machine\s{1,4}\S{1,100}\s{1,4}login\s{1,4}\S{1,100}\s{1,4}password\s{1,4}\S{4,}"
    r"|[\"']auth[\"'][ \t]*:[ \t]*[\"'][A-Za-z0-9+/]{12,}={0,2}[\"']"
)
"""Tokens of the common providers, and private keys."""
_BEGINNINGS: Final = (
    "-----BEGIN ", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "hf_", "AKIA", "ASIA", "xox", "eyJ", "nvapi-", "sk-", "glpat-",
    "AIza", "sk_", "rk_", "npm_", "dckr_pat_", "pypi-", "dop_v1_", "hvs.", "SG.", "shpat_", "pul-", "glsa_", "hooks.slack.com/",
    "discord", "webhook.office.com/", "glrt-", "glptt-", "gldt-", "glft-", "glsoat-", "glcbt-", "dapi", "lin_api_", "key-", "wandb_", "r8_",
    "gsk_", ".atlasv1.", "NRAK-", "AccountKey=", "ATATT3x", "ATCTT3x", "dp.", "AGE-SECRET-KEY-1", "sq0", "sntrys_", "sntryu_", "PMAK-",
    "SK", "shpca_", "shppa_", "shpss_", "EAAC", "ya29.", "sbp_", "figd_", "tskey-", "machine", "\"auth\"", "'auth'",
)  # fmt: skip
"""What each of them begins with. A text of 60 MB is searched for these in a second, and for the expression in minutes."""
_BOT = re.compile(r":AA[A-Za-z0-9_-]{30,}")
"""The end of a bot's token, which begins with a number."""
_ADDRESS = re.compile(r"://[^/\s:@\"'<>]{0,80}:(?![$<{])[^/\s@\"'<>]{3,120}@")
"""A user and a password in an address."""
_TOLD = re.compile(
    r"(?:password|passwd|passphrase|(?:client|secret)[_-]?(?:key|secret)|access[_-]?key|api[_-]?key|auth[_-]?token|private[_-]?key)"
    r"[\"']?[ \t]*[=:][ \t]*[\"']?(?P<value>[^\s\"'$<{(%,;]{6,200})",
    re.IGNORECASE,
)
"""`password=...` in a text: properties, command lines, scripts. The path of a file is no secret."""
_CARRIED = re.compile(
    r"[?&](?:access_?|auth_?|api_?)?(?:token|key|secret|sig|signature|password)=[A-Za-z0-9._~+/%-]{12,}"
    r"|uthorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:bearer|basic|token|apikey)\s{1,4}(?=[^\s\"']{0,200}[0-9])[A-Za-z0-9._~+/=-]{12,}"
    r"|(?<![\w-])(?:-u|--user)[= ][\"']?[^\s:\"'$]{1,80}:(?=[^\s\"']{0,80}[A-Za-z])[^\s\"'$<{/]{6,}"
    r"|(?:token|client-key-data)[\"']?[ \t]*:[ \t]*[\"']?(?=[^\s\"']{0,400}[0-9])[A-Za-z0-9._+/-]{20,}={0,2}(?=[\s\"',}]|$)",
    re.IGNORECASE,
)
"""What an address, a header, a command line or a kubeconfig carries of a login."""
_CARRIES: Final = ("?", "&", "uthorization", "-u ", "-u=", "--user", "token", "client-key-data")
"""What each of them begins with, in small letters."""
_WORDS: Final = ("passw", "passphrase", "client", "secret", "access", "api", "auth", "private")
"""What each word of that begins with, in small letters."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
MOST_BASE64: Final = 1024 * 1024

_SEPARATORS: Final = str.maketrans("-./", "___")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STRONG = re.compile(
    r"(?:(?:password|passwd|passphrase)|(?:^|_)(?:pwd|secret|token|api_?key|private_?key|access_?key|secret_?key|client_?secret"
    r"|credentials?|encryption_?key|signing_?key|htpasswd|db_?pass|connection_?string|secret_?(?:key_?)?base))"
    r"(?:_?(?:value|plain|text|plaintext|data|b64|base64|[0-9]{1,2}))?$"
)
_WEAK = re.compile(r"(?:^|_)(?:pass|auth|basic_?auth|authorization|dsn)$")
"""Words that also mean something else: what stands under them must look like a secret."""
_LOOKS = re.compile(r"(?=.*[0-9:$])\S{6,}|\S+ \S{12,}")
_OBJECT = re.compile(r"[a-z][a-z0-9.-]{0,62}")
"""Name of a Kubernetes object: what keys such as `githubConfigSecret` hold when they refer to a Secret."""
_KEPT: Final = frozenset({"credentials", "passwords", "secretdata", "secrets", "tokens"})
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/=_-]{12,}")
"""What no name of a Kubernetes object is."""
_REFERENCE = re.compile(
    r"\s*(?:\$\(|\$\{|\$__\w+\{|\{\{|\$[A-Z_]+$|<[^>]*>$|(?:file|vault|ref\+[a-z]+|secretref)://?|/[\w./-]+$)", re.IGNORECASE
)
"""What is filled in elsewhere: a variable, a template, a place-holder, a path."""
_FLAG = re.compile(r"--?(?P<key>[A-Za-z][\w.-]*)(?:=(?P<value>.*))?", re.DOTALL)


def is_secret_key(key: str, text: str) -> bool:
    """Whether what stands under `key` is a secret itself, and no name of one."""
    name = _HUMPS.sub("_", key).lower().translate(_SEPARATORS)
    if not (_WEAK.search(name) or _STRONG.search(name)):
        return False
    if (
        not text
        or _REFERENCE.match(text)
        or text[:9].lower() in ("true", "false", "none", "null", "yes", "no", "workload", "disabled", "enabled")
    ):
        return False
    if _WEAK.search(name):
        return bool(_LOOKS.fullmatch(text))
    refers = name.startswith("existing_") or (name.endswith("secret") and not name.endswith("client_secret"))
    return not (refers and _OBJECT.fullmatch(text))


def is_token(text: str) -> bool:
    """Whether a text holds what is a secret by its form, in plain or in base64."""
    if _has_token(text):
        return True
    if len(text) > MOST_BASE64 or not _BASE64.fullmatch(stripped := "".join(text.split())):
        return False
    try:
        inner = _unpacked(base64.b64decode(stripped + "=" * (-len(stripped) % 4))).decode("utf-8", "ignore")
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        return False
    return _has_token(inner) or names_a_password(inner)


def _unpacked(data: bytes) -> bytes:
    """What is packed by gzip, as cloud-init takes it; the rest as it is. Raises what zlib raises."""
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, MOST_BASE64) if data.startswith(b"\x1f\x8b") else data


def names_a_password(text: str) -> bool:
    """Whether a text says of a part of itself that it is a password."""
    small = text.lower()
    small = small if len(small) == len(text) else text  # A letter that grows when it is made small moves all that follow
    if any(not _REFERENCE.match(match["value"]) for match in _from(_WORDS, small, _TOLD, text)):
        return True
    return any(_from(_CARRIES, small, _CARRIED, text))


def _has_token(text: str) -> bool:
    return (
        any(_from(_BEGINNINGS, text, TOKENS, text)) or any(_from(("://",), text, _ADDRESS, text)) or any(_from((":AA",), text, _BOT, text))
    )


def _from(beginnings: Sequence[str], searched: str, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of `pattern` in `text` at the places where `searched`, which is as long, has one of its beginnings."""
    for beginning in beginnings:
        place = searched.find(beginning)
        while place >= 0:
            match = pattern.match(text, place)
            if match is not None:
                yield match
            place = searched.find(beginning, place + 1)


def found(inputs: Inputs, *, by_key: bool = True) -> Iterator[tuple[Path, bool]]:
    """Paths of what is a secret in plain text, and whether its form says so (else its key does). Marked secrets are left out."""
    for path, value in inputs.walk():
        if isinstance(value, Mapping):
            yield from ((at, False) for at in _pairs(inputs, path, value) if by_key)
        elif isinstance(value, list | tuple):
            yield from ((at, False) for at in _flags(inputs, path, value) if by_key)
        elif not isinstance(value, bool) and isinstance(value, str | int | float) and not unknown(value) and not inputs.secret(path):
            text = str(value)
            key = next((step for step in reversed(path) if isinstance(step, str)), "")
            if isinstance(value, str) and is_token(value):
                yield path, True
            elif by_key and (is_secret_key(key, text) or _is_kept(path, text) or (isinstance(value, str) and names_a_password(value))):
                yield path, False


def _is_kept(path: Path, text: str) -> bool:
    """Whether a text lies in a mapping of secrets, and is no name of one."""
    within = path[-2] if len(path) > 1 else ""
    return isinstance(within, str) and within.lower() in _KEPT and bool(_RANDOM.fullmatch(text))


def _is_secret_by_itself(text: str) -> bool:
    """Whether it needs no neighbours to be found out."""
    return is_token(text) or names_a_password(text)


def _pairs(inputs: Inputs, path: Path, value: Mapping[str, Any]) -> Iterator[Path]:
    """`name: DB_PASSWORD` beside `value: ...`: the name is the key."""
    name, text = value.get("name") or value.get("key"), value.get("value")
    if isinstance(name, str) and isinstance(text, str | int | float) and not isinstance(text, bool) and not unknown(text):
        at = (*path, "value")
        if is_secret_key(name, str(text)) and not is_token(str(text)) and not inputs.secret(at):
            yield at


def _flags(inputs: Inputs, path: Path, items: Any) -> Iterator[Path]:
    """`--password=...`, or `--password` and what follows it."""
    for place, item in enumerate(items):
        match = _FLAG.fullmatch(item) if isinstance(item, str) and not unknown(item) else None
        if match is None:
            continue
        at, text = place, match["value"]
        if text is None and place + 1 < len(items):
            at, text = place + 1, items[place + 1]
        if (
            isinstance(text, str)
            and not unknown(text)
            and is_secret_key(match["key"], text)
            and not _is_secret_by_itself(items[at])
            and not inputs.secret((*path, at))
        ):
            yield (*path, at)
