"""What the doctor finds: Jupyter and the network."""

from __future__ import annotations

from tests.unit.machine.changes import Case, does, jupyter_at, nothing, sets, with_kernel, writes
from tests.unit.machine.fakes import dist, site, write

CASES = [
    Case(
        "kernel-stale",
        "blocks",
        with_kernel("old", "/gone/bin/python", title="Old"),
        with_kernel("demo", "DEMO/bin/python"),
        "/gone/bin/python",
        "rm -r ",
        "register-jupyter-kernel",
    ),
    Case(
        "kernel-broken",
        "may-bite",
        writes(".local/share/jupyter/kernels/x/kernel.json", "{"),
        nothing,
        "kernel.json holds no object",
        "rm -r ",
    ),
    Case(
        "kernel-no-ipykernel",
        "blocks",
        with_kernel("demo", "DEMO/bin/python", ipykernel=False),
        with_kernel("demo", "DEMO/bin/python"),
        "no ipykernel",
        "-m pip install ipykernel",
        "register-jupyter-kernel",
    ),
    Case(
        "kernel-default-elsewhere",
        "may-bite",
        with_kernel("python3", "DEMO/bin/python"),
        with_kernel("python3", "python"),
        "kernels/python3",
        "rm -r ",
        "register-jupyter-kernel",
    ),
    Case(
        "kernel-same-name",
        "note",
        does(with_kernel("a", "DEMO/bin/python", title="Python 3"), with_kernel("b", "/x/python", title="Python 3")),
        with_kernel("a", "DEMO/bin/python"),
        "b: /x/python",
        "",
        "register-jupyter-kernel",
    ),
    Case(
        "jupyter-outside",
        "may-bite",
        jupyter_at(".local/bin"),
        does(jupyter_at(".local/bin"), with_kernel("demo", "DEMO/bin/python")),
        ".local/bin/jupyter",
        "-m ipykernel install --user --name demo",
        "register-jupyter-kernel",
    ),
    Case(
        "proxy-half",
        "may-bite",
        sets(http_proxy="http://p:1"),
        sets(http_proxy="http://p:1", https_proxy="http://p:1"),
        "http_proxy=http://p:1",
        'export HTTPS_PROXY="$http_proxy"',
    ),
    Case(
        "proxy-disagree",
        "may-bite",
        sets(HTTPS_PROXY="http://a:1", https_proxy="http://b:1"),
        sets(HTTPS_PROXY="http://a:1", https_proxy="http://a:1"),
        "http://b:1",
        "unset HTTPS_PROXY",
    ),
    Case(
        "proxy-socks",
        "may-bite",
        sets(ALL_PROXY="socks5://p:1"),
        does(sets(ALL_PROXY="socks5://p:1"), lambda f: dist(site(f.demo), "PySocks", "1.7.1")),
        "ALL_PROXY; demo has no PySocks",
        "pip install pysocks",
    ),
    Case(
        "certificate-missing",
        "blocks",
        sets(SSL_CERT_FILE="/gone.pem"),
        lambda f: f.env.update(SSL_CERT_FILE=str(write(f.home / "ca.pem", ""))),
        "/gone.pem",
        "unset SSL_CERT_FILE",
    ),
]
