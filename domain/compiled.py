"""The compiled form of the core, where one was built from these very sources: found, put first.

`yingda compile` (watch/compiler.py) builds it into a folder of its own, named by the sources and
the Python that it was built for. So an edited source is never run in an older form: its folder is
not there, and the sources themselves run, as they do wherever there is no compiler.
"""

import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.abc import MetaPathFinder
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from sysconfig import get_config_var
from types import ModuleType

READ = ("acd/*.py", "domain/*.py", "watch/compiler.py")
"""What decides what the compiled core does: what is compiled, what that uses, how it is done."""
LIBRARY, MODULES = "core.so", "modules.txt"
GROUP = "yingda"
"""The name under which the compiler's own part of the library is imported, before `__mypyc`."""
ASKED = "YINGDA_CORE"
"""The environment's word: `python` runs the sources though a compiled core is there."""
_RUNS: list[str] = []


def sources(root: Path) -> list[Path]:
    """List the files that the compiled core depends on."""
    return [file for each in READ for file in sorted(root.glob(each))]


def key(root: Path) -> str:
    """Name the sources as they are now, and the Python that would run them."""
    told = sha256(f"{sys.version} {get_config_var('SOABI')}".encode())
    for file in sources(root):
        told.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return told.hexdigest()[:20]


def shelf(root: Path) -> Path:
    """Give the folder of all compiled cores: the checkout's, else the installed package's."""
    checkout = (root / "pyproject.toml").is_file()
    return root / "var/compiled" if checkout else Path(sys.prefix) / "share/yingda/compiled"


class Compiled(MetaPathFinder):
    """Finds the modules of one library; every other module is found as always."""

    def __init__(self, folder: Path) -> None:
        self.library = str(folder / LIBRARY)
        self.names = frozenset((folder / MODULES).read_text("utf-8").split())

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of ours."""
        if name not in self.names:
            return None
        loader = ExtensionFileLoader(name, self.library)
        return spec_from_file_location(name, self.library, loader=loader)


def found(folder: Path) -> Compiled | None:
    """Open the library of a folder; None where there is none, or it does not load here."""
    try:
        finder = Compiled(folder)
        spec = finder.find_spec(f"{GROUP}__mypyc")
        if spec is not None and spec.loader is not None:
            sys.modules[spec.name] = module_from_spec(spec)
            spec.loader.exec_module(sys.modules[spec.name])
            return finder
    except (OSError, ImportError):
        pass
    return None


def use(root: Path, environ: Mapping[str, str]) -> bool:
    """Let the core be imported in its compiled form from now on; tell whether it will be.

    Too late once a part of it was imported: half of each is never run.
    """
    if environ.get(ASKED) == "python" or any(name.split(".")[0] == "acd" for name in sys.modules):
        return False
    finder = found(shelf(root) / key(root))
    if finder is not None:
        sys.meta_path.insert(0, finder)
        _RUNS.append(finder.library)
    return finder is not None


def running() -> str:
    """Give the library that runs in this process, "" for the sources."""
    return _RUNS[0] if _RUNS else ""
