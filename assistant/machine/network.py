"""Proxies, certificates, and the variables that change what Python tools do. Nothing is contacted."""

from __future__ import annotations

import os

from assistant.machine.context import Roots
from assistant.machine.model import Proxy
from assistant.machine.redact import redact_secrets

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "CONDA_SSL_VERIFY")
VARIABLES = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONUSERBASE", "PYTHONSTARTUP", "VIRTUAL_ENV",
    "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "CONDA_EXE", "CONDARC", "CONDA_OVERRIDE_CUDA",
    "CONDA_OVERRIDE_GLIBC", "CONDA_SUBDIR", "CONDA_PKGS_DIRS", "CONDA_ENVS_PATH", "CONDA_ENVS_DIRS",
    "CONDA_CHANNELS", "CONDA_OFFLINE", "CONDA_SOLVER", "CONDA_ALWAYS_YES", "MAMBA_ROOT_PREFIX", "PIP_USER",
    "PIP_TARGET", "PIP_PREFIX", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST",
    "PIP_REQUIRE_VIRTUALENV", "PIP_BREAK_SYSTEM_PACKAGES", "PIP_NO_INDEX", "PIP_CONFIG_FILE", "UV_INDEX_URL",
    "UV_DEFAULT_INDEX", "UV_SYSTEM_PYTHON", "UV_TORCH_BACKEND", "UV_PYTHON", "PYENV_VERSION",
    "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "CUDA_PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH",
    "NVIDIA_VISIBLE_DEVICES", "PYTORCH_ENABLE_MPS_FALLBACK", "HSA_OVERRIDE_GFX_VERSION", "WSL_DISTRO_NAME", "CI",
    "MSYSTEM", "TMPDIR",
)  # fmt: skip


def find_proxies(roots: Roots) -> tuple[Proxy, ...]:
    """Proxy and certificate variables that are set. A certificate's file is looked for."""
    found = []
    for name in PROXIES:
        # Windows does not tell HTTP_PROXY from http_proxy: one is enough.
        if (value := roots.get(name)) and not (roots.system == "windows" and name.islower()):
            found.append(Proxy(variable=name, value=redact_secrets(value)))
    for name in CERTIFICATES:
        value = roots.get(name)
        if value and value.lower() not in ("0", "1", "true", "false", "yes", "no", "truststore"):
            # SSL_CERT_DIR may list several folders.
            places = value.split(";" if roots.system == "windows" else ":") if name == "SSL_CERT_DIR" else [value]
            found.append(
                Proxy(variable=name, value=value, exists=any("\0" not in one and os.path.exists(one) for one in places))
            )
    return tuple(found)


def find_variables(roots: Roots) -> dict[str, str]:
    """The variables of interest that are set, without secrets. An empty value is kept: it means something for CUDA."""
    return {name: redact_secrets(roots.env[name]) for name in VARIABLES if name in roots.env}
