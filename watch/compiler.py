"""`yingda compile`: the core compiled with mypyc, from the same sources, where a compiler is there.

It is optional: without it the sources run, more slowly and with the same results. Needed are mypy,
a C compiler and Python's headers. The library goes to a folder named by the sources (see
domain/compiled.py), so nothing is put beside a source and an older one is never run.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from domain.compiled import GROUP, LIBRARY, MODULES, found, key, shelf, sources
from domain.errors import Unavailable

LEFT = (
    *("__init__", "cli", "cli_day", "cli_waits", "calibration", "recorded", "replay", "roster"),
    *("scenario", "scenario_exits", "sim_csv", "staffing", "summary", "told", "what_if"),
)
"""What is not compiled: the command line, and what is read or worked out for people."""
SHIM = """
PyMODINIT_FUNC PyInit_{short}(void) {{
    PyObject *lib = PyImport_ImportModule("{library}");
    PyObject *capsule = lib ? PyObject_GetAttrString(lib, "init_{exported}") : NULL;
    void *init = capsule ? PyCapsule_GetPointer(capsule, "{library}.init_{exported}") : NULL;
    Py_XDECREF(capsule);
    Py_XDECREF(lib);
    return init ? ((PyObject *(*)(void))init)() : NULL;
}}
"""
"""How a module of the library begins: its own part of the library is asked to."""


def compiled_files(root: Path) -> list[str]:
    """List what is compiled: all that decides, live and in simulated time."""
    names = (file.stem for file in sorted((root / "acd").glob("*.py")))
    return [f"acd/{name}.py" for name in names if name not in LEFT]


def lacking() -> str:
    """Say what is not there to compile with, "" when all is."""
    compiler, headers = _compiler(), Path(sysconfig.get_path("include"), "Python.h")
    if shutil.which(compiler[0]) is None:
        return f"no C compiler ({compiler[0]})"
    if not headers.is_file():
        return f"no headers of Python ({headers})"
    return "" if find_spec("mypyc") else "no mypy (pip install 'yingda[compiled]')"


def _compiler() -> list[str]:
    """Give the compiler that is asked for, else the one that made this Python, else the host's."""
    if asked := os.environ.get("CC"):
        return asked.split()
    maker = (sysconfig.get_config_var("CC") or "cc").split()
    return maker if shutil.which(maker[0]) else ["cc"]


def build(root: Path) -> Path:
    """Compile the core as it is now; give its folder. Raises `Unavailable` where it cannot."""
    if missing := lacking():
        raise Unavailable(f"the core is not compiled: {missing}; the sources run as well")
    shelf(root).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="new-", dir=shelf(root)) as new:
        for file in sources(root):  # a copy: what is compiled is what its name tells
            copy = Path(new, file.relative_to(root))
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
        folder = shelf(root) / key(Path(new))
        if found(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)
            _build(root, Path(new)).replace(folder)
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def add_compile(sub: Any, compile_core: Callable[[], Path]) -> None:
    """Hang `compile` under the command line."""
    text = "把核心编译成机器码,结果不变,更快 · compile the core: the same results, sooner"
    parser = sub.add_parser("compile", help=text, description=text)

    def run(_: argparse.Namespace) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and the compiler ends with us
        print(compile_core())

    parser.set_defaults(run=run)


def _build(root: Path, new: Path) -> Path:
    """Make the library in a folder that has the sources; give where it stands, whole."""
    done, files = new / "done", compiled_files(new)
    done.mkdir()
    _run([sys.executable, "-m", "watch.compiler", *files], new, PYTHONPATH=str(root))
    _run(_compile(new), new)
    modules = [file.removesuffix(".py").replace("/", ".") for file in files]
    (done / MODULES).write_text("\n".join([f"{GROUP}__mypyc", *modules]), "utf-8")
    if found(done) is None:
        raise Unavailable("the core that was compiled does not load; the sources run as well")
    return done


def _compile(new: Path) -> list[str]:
    import mypyc

    runtime = Path(mypyc.__file__).parent / "lib-rt"
    include = [f"-I{path}" for path in (sysconfig.get_path("include"), runtime, new)]
    flags = ["-shared", "-fPIC", "-O2", "-g0", "-w", "-DNDEBUG", "-fno-strict-overflow", "-fwrapv"]
    return [*_compiler(), *flags, *include, "-o", f"done/{LIBRARY}", "core.c"]


def _run(argv: list[str], folder: Path, **environ: str) -> None:
    done = subprocess.run(
        argv, cwd=folder, env=os.environ | environ, capture_output=True, text=True
    )
    if done.returncode:
        told = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise Unavailable(f"the core is not compiled; the sources run as well. It said:\n{told}")


def write_c(files: list[str]) -> None:
    """Translate sources below the current folder into C; `core.c` takes in all that is needed."""
    from mypy.fscache import FileSystemCache
    from mypy.main import process_options
    from mypyc.codegen import emitmodule
    from mypyc.errors import Errors
    from mypyc.options import CompilerOptions

    cache, how = FileSystemCache(), CompilerOptions(target_dir=".", group_name=GROUP)
    argv = ["--config-file=", "--cache-dir=cache", "--ignore-missing-imports", *files]
    given, options = process_options(argv, fscache=cache, mypyc=True)
    options.python_version = sys.version_info[:2]
    options.export_types = options.preserve_asts = True
    options.incremental = False
    for each in given:
        options.per_module_options.setdefault(each.module, {})["mypyc"] = True
    groups: emitmodule.Groups = [(given, GROUP)]
    result = emitmodule.parse_and_typecheck(given, options, how, groups, cache)
    errors = Errors(options)
    _, text, _ = emitmodule.compile_modules_to_c(result, how, errors, groups)
    if result.errors or errors.num_errors:
        sys.exit("\n".join([*result.errors, *errors.new_messages()]))
    names = [_written(name, content) for name, content in text[0]]
    shims = [_shim(each.module) for each in given]
    parts = [f'#include "{name}"' for name in names if name.endswith(".c")]
    Path("core.c").write_text("\n".join([*parts, *shims]), "utf-8")


def _shim(module: str) -> str:
    from mypyc.namegen import exported_name

    short, library = module.rpartition(".")[2], f"{GROUP}__mypyc"
    return SHIM.format(short=short, library=library, exported=exported_name(module))


def _written(name: str, content: str) -> str:
    Path(name).write_text(content, "utf-8")
    return name


if __name__ == "__main__":
    write_c(sys.argv[1:])
