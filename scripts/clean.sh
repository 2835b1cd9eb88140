#!/bin/sh
# Takes away what runs have made. Never: your exports, keys, labels, editorial decisions, trained models, what is kept of purged
# exports, who is forgotten, the audit trail.
set -eu
cd "$(dirname "$0")/.."

python=${VOC_ENVIRONMENT:-.venv}/bin/python
if [ -x "$python" ]; then
    "$python" -m voc_lib.demo forget data/raw
fi
for table in landed records categorised scored hotspots actions summary quarantine ledger edits answers scratch; do
    rm -rf "data/$table"
done
# The keys stay: with another one, a customer's later voices would not link with the earlier ones, and nobody would know any
# more who is forgotten.
if [ -d data/state ]; then
    find data/state -mindepth 1 -maxdepth 1 ! -name customer_key ! -name erasure_key ! -name erased.txt \
        ! -name forgetting.json ! -name purged.json ! -name 'audit.*' -exec rm -rf {} +
fi
find output -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
