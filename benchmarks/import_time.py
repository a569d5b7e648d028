"""What `import sora_nb` and `%load_ext sora_nb` cost in a running kernel, over an empty extension.

Each measurement has a fresh kernel of this interpreter: CPU time of the whole process and the
modules that were loaded. A person who has used sora_nb before has a journal, which `%load_ext` may
look into: that is a case of its own. The cases alternate, so that a busy machine slows all. Prints
one JSON line a case; `over_empty_ms` is the difference of the medians, its target 20 ms of CPU.

    python benchmarks/import_time.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from benchmarks._lines import tell

SOURCE = Path(__file__).parents[1]
TARGET_MS = 20.0
EMPTY = "empty_extension"
NEWCOMER, REGULAR = "sora_nb", "sora_nb with a journal"
MODULES = {EMPTY: EMPTY, NEWCOMER: "sora_nb", REGULAR: "sora_nb"}
HEAVY = ("aiohttp", "anywidget", "av", "ipywidgets", "msgspec", "numpy", "pandas", "PIL", "sqlite3")

MEASURE = """
import json as _json, sys as _sys, time as _time
_before = set(_sys.modules)
_cpu = _time.process_time()
import {module}
get_ipython().run_line_magic("load_ext", {module!r})
_cpu = _time.process_time() - _cpu
_new = sorted(set(_sys.modules) - _before)
print("MEASURED", _json.dumps({{"cpu_ms": _cpu * 1000, "new": _new, "before": sorted(_before)}}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 kernels a case instead of 15")
    rounds = 2 if parser.parse_args().quick else 15
    runs: dict[str, list[dict[str, Any]]] = {case: [] for case in MODULES}
    with tempfile.TemporaryDirectory(prefix="sora_nb_bench_") as folder:
        environments = _environments(Path(folder))
        for case, module in MODULES.items():
            measure(module, environments[case])  # writes the bytecode; is not counted
        for _ in range(rounds):
            for case, measured in runs.items():
                measured.append(measure(MODULES[case], environments[case]))
    empty = _median(runs[EMPTY])
    for case, measured in runs.items():
        tell(summary(case, measured, empty), "ipykernel", "ipython")


def measure(module: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """CPU in ms, and the modules there before and new, for one fresh kernel."""
    manager = KernelManager(kernel_name="python3")
    # Its warnings (an unencrypted port, on this machine only) are none of this program's lines.
    manager.start_kernel(env=dict(environment), stderr=subprocess.DEVNULL)
    client: BlockingKernelClient = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        said: list[str] = []

        def hear(message: Mapping[str, Any]) -> None:
            content = message["content"]
            said.append(str(content.get("text", "")) + "\n".join(content.get("traceback", ())))

        client.execute_interactive(
            MEASURE.format(module=module), timeout=60, output_hook=hear, allow_stdin=False
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    _, found, measured = "".join(said).partition("MEASURED ")
    if not found:
        raise SystemExit(f"{module} was not measured:\n{''.join(said)}")
    result: dict[str, Any] = json.loads(measured)
    return result


def summary(case: str, measured: list[dict[str, Any]], empty: float) -> dict[str, Any]:
    last = measured[-1]
    own = sum(name.partition(".")[0] == MODULES[case] for name in last["new"])
    over = round(_median(measured) - empty, 1)
    return {
        "case": case,
        "cpu_ms": round(_median(measured), 1),
        "runs_ms": [round(run["cpu_ms"], 1) for run in measured],
        "over_empty_ms": over,
        "met": over <= TARGET_MS,
        "modules": len(last["new"]),
        "own_modules": own,
        "heavy": sorted(set(HEAVY) & set(last["new"])),
        "heavy_before": sorted(set(HEAVY) & set(last["before"])),
    }


def _median(measured: list[dict[str, Any]]) -> float:
    return statistics.median(float(run["cpu_ms"]) for run in measured)


def _environments(folder: Path) -> dict[str, dict[str, str]]:
    """For each case: an empty extension on the path, and one kernel, which is this interpreter."""
    (folder / f"{EMPTY}.py").write_text("def load_ipython_extension(shell): pass\n")
    kernel = folder / "data" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    ours = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(folder), str(SOURCE)]),
        "SORA_NB_HOME": str(folder / "empty"),
    }
    os.environ.update(ours)  # the kernel's manager looks up kernels in its own environment
    keep = {name: value for name, value in os.environ.items() if not name.startswith("APIXO_")}
    home = folder / "used"
    program = "import sora_nb; sora_nb.Client().tasks()"
    used = {**keep, "SORA_NB_HOME": str(home)}
    subprocess.run([sys.executable, "-c", program], check=True, env=used)
    assert any(home.iterdir()), "there is no journal to look into"
    return {EMPTY: keep, NEWCOMER: keep, REGULAR: used}


if __name__ == "__main__":
    main()
