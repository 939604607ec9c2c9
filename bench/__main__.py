"""`bin/bench`: load a made-up world, time the pages on it, and compare sizes."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("part", choices=["load", "pages"])
    parser.add_argument("--strikes", type=int, default=1000)
    parser.add_argument("--crossings", type=int, default=100)
    parser.add_argument("--only", help="only the pages whose name holds this")
    options = parser.parse_args()
    folder = Path(os.environ.get("BENCH_DIR") or Path(tempfile.gettempdir()) / "crossings-bench")
    home = folder / f"{options.strikes}-{options.crossings}"
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"ENV_FILE": os.devnull, "DATA_DIR": str(home), "DJANGO_SETTINGS_MODULE": "bench.settings"}
    os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1")
    import django

    django.setup()
    from django.core.management import call_command

    from bench import data, pages
    from crossings.models import Crossing, Edition

    call_command("migrate", verbosity=0)
    if not Edition.objects.exists():
        began = time.monotonic()
        data.World(data.Size(options.strikes, options.crossings)).write()
        print(f"loaded in {time.monotonic() - began:.0f} s", flush=True)
    if options.part == "pages":
        crossing = Crossing.objects.order_by("pk")[0]
        values = {
            "region": "region-0",
            "crossing": crossing.slug,
            "post": f"{crossing.slug}-iq",
            "force": "northern-army",
            "document": "document-1",
        }
        for name, address in pages.PAGES.items():
            if options.only and options.only not in name:
                continue
            for timing in pages.measure({name: address.format(**values)}):
                print(
                    f"{timing.name:18} {timing.status} cold {timing.cold_ms:9.1f} ms, "
                    f"warm {timing.warm_ms:9.1f} ms, {timing.queries} queries, {timing.size:,} bytes",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
