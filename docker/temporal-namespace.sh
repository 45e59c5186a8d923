#!/bin/sh
# Makes the namespace once. Reset, queries and replay of a workflow need its retained history.
set -eu
temporal operator cluster health
temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$NAMESPACE" --retention 30d
