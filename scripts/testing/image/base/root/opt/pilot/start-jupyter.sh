#!/usr/bin/env bash
exec fake-app jupyter "${JUPYTER_PORT:-8888}"
