#!/usr/bin/env bash
exec fake-app code-server "${CODE_SERVER_PORT:-8443}"
