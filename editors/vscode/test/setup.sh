#!/bin/bash
# Prepares `npm test`: the extension's packages, VS Code's web server, and a Chromium. Does nothing where all is there.
#
#   setup.sh [FOLDER]   where VS Code goes (default: target/tools/vscode at the root of the repository)
#
# VS Code itself cannot be had from a package registry, but the npm package code-server carries its web server whole.
# Only that part is kept. 4.100.3 is the newest that runs on Node 20; its VS Code is 1.100.3.
set -euo pipefail
code_server=4.100.3

here=$(cd "$(dirname "$0")/.." && pwd)
tools=${1:-$here/../../target/tools/vscode}

# npm leaves a copy of the lock file among the packages: an older one means that they have changed since.
if [ ! "$here/node_modules/.package-lock.json" -nt "$here/package-lock.json" ]; then
  (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund)
fi

if [ "$(cat "$tools/version" 2>/dev/null)" != "$code_server" ]; then
  rm -rf "$tools"
  mkdir -p "$tools"
  cd "$tools"
  npm pack --silent "code-server@$code_server" >/dev/null
  tar xzf "code-server-$code_server.tgz" package/lib/vscode
  mv package/lib/vscode vscode
  rm -r package "code-server-$code_server.tgz"
  cd vscode
  # No native module is built: only search in files, terminals and log files need one.
  npm install --ignore-scripts --omit=dev --no-audit --no-fund --silent
  # The workbench asks for some modules under this name, as in the desktop build.
  ln -sfn node_modules node_modules.asar
  # What no test uses: half of the 280 MB.
  rm -rf node_modules/@github extensions/ms-vscode.* node_modules/node-pty/prebuilds
  find . -name '*.map' -delete
  # The stamp comes last, so that a broken download is done again.
  echo "$code_server" > "$tools/version"
fi

if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
  else
    echo "Chromium is missing: install it (Debian: apt-get install chromium) or name one with CHROMIUM=PATH" >&2
    exit 1
  fi
fi
